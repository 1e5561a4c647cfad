// The photo of a package.

import { call } from "../client.ts";
import { fill, h, icon } from "../dom.ts";
import { Failure } from "../failure.ts";
import { notice } from "../notice.ts";
import { uploadField } from "../upload-field.ts";
import type { Package } from "./packages.ts";

const MOST = 5 * 1024 * 1024;

export function photoEditor(row: Package, changed: () => void): HTMLElement {
  const path = `/api/tenant-admin/packages/${row.id}/photo`;
  const remove = h(
    "button",
    { class: "button small", type: "button", hidden: row.photo_url === null },
    icon("trash"),
    "Remove photo",
  );
  const fault = h("p", { class: "failure", role: "alert", hidden: true });
  remove.addEventListener("click", async () => {
    fault.hidden = true;
    try {
      await call(path, { method: "DELETE" });
      remove.hidden = true;
      notice("The photo has been removed");
      changed();
    } catch (thrown) {
      fill(fault, Failure.from(thrown).title);
      fault.hidden = false;
    }
  });
  const field = uploadField({
    label: "Photo",
    hint: "PNG, JPEG or WebP, up to 5 MB",
    path,
    field: "photo",
    most: MOST,
    done: () => {
      remove.hidden = false;
      notice("The photo has been saved");
      changed();
    },
  });
  return h("div", { class: "stack tight" }, field, h("div", {}, remove), fault);
}
