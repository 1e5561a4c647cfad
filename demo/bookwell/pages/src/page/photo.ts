// The photo of a package: what there is, another one, none.

import { call } from "../client.ts";
import { fill, h, icon } from "../dom.ts";
import { Failure } from "../failure.ts";
import { notice } from "../notice.ts";
import { IMAGES, uploadField } from "../upload-field.ts";
import type { Package } from "./packages.ts";

const MOST = 5 * 1024 * 1024;

export function photoEditor(row: Package, changed: () => void): HTMLElement {
  const path = `/api/tenant-admin/packages/${row.id}/photo`;
  const remove = h("button", { class: "button small", type: "button" }, icon("trash"), "Remove photo");
  const image = h("img", { alt: `Photo of ${row.title}` });
  const shown = h("div", { class: "photo" }, image, h("div", {}, remove));
  const show = (url: string | null): void => {
    shown.hidden = url === null;
    if (url !== null) {
      image.src = url;
    }
  };
  const fault = h("p", { class: "failure", role: "alert", hidden: true });
  remove.addEventListener("click", async () => {
    fault.hidden = true;
    try {
      await call(path, { method: "DELETE" });
      show(null);
      field.querySelector("input")?.focus();
      notice("The photo has been removed");
      changed();
    } catch (thrown) {
      fill(fault, Failure.from(thrown).title);
      fault.hidden = false;
    }
  });
  const field = uploadField<Package>({
    label: "Photo",
    hint: `${IMAGES}, up to 5 MB; it is saved at once`,
    path,
    field: "photo",
    most: MOST,
    done: ({ photo_url }) => {
      image.addEventListener("load", () => shown.scrollIntoView({ block: "nearest" }), { once: true });
      show(photo_url);
      notice("The photo has been saved");
      changed();
    },
  });
  show(row.photo_url);
  return h("div", { class: "stack tight" }, field, shown, fault);
}
