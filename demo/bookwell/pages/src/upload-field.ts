// Chooses one image and sends it: progress, then done, or the real reason why not.

import { fill, h, icon, unique } from "./dom.ts";
import { Failure } from "./failure.ts";
import { upload } from "./upload.ts";

/** What the server takes. */
export const IMAGES = "PNG, JPEG or WebP";
const ACCEPTED = "image/png,image/jpeg,image/webp";

export interface UploadField<Row> {
  label: string;
  hint: string;
  path: string;
  field: string;
  /** Octets. */
  most: number;
  /** Is told the row as it is with the image. */
  done(row: Row): void;
}

export function uploadField<Row = unknown>(options: UploadField<Row>): HTMLElement {
  const id = unique("upload");
  const fault = h("p", { class: "fault", id: `${id}-fault`, role: "alert", hidden: true });
  const bar = h("progress", {
    max: 100,
    value: 0,
    "aria-label": `Sending the ${options.label.toLowerCase()}`,
    hidden: true,
  });
  const input = h("input", {
    id,
    class: "input",
    type: "file",
    accept: ACCEPTED,
    "aria-describedby": `${id}-hint ${id}-fault`,
  });
  const refuse = (text: string): void => {
    fill(fault, icon("alert"), text);
    fault.hidden = false;
    input.setAttribute("aria-invalid", "true");
  };
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file === undefined) {
      return;
    }
    fault.hidden = true;
    input.removeAttribute("aria-invalid");
    if (file.size > options.most) {
      refuse(`The file has ${megabytes(file.size)}, and ${megabytes(options.most)} is the limit`);
      return;
    }
    bar.hidden = false;
    bar.value = 0;
    try {
      const row = await upload<Row>(options.path, options.field, file, (share) => {
        bar.value = Math.round(share * 100);
      });
      input.value = "";
      options.done(row);
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.status === 415) {
        refuse(`This is no image that can be used here; choose a file in ${IMAGES}`);
        return;
      }
      refuse(failure.requestId === null ? failure.title : `${failure.title} (request ${failure.requestId})`);
    } finally {
      bar.hidden = true;
    }
  });
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, options.label),
    input,
    h("p", { class: "hint", id: `${id}-hint` }, options.hint),
    bar,
    fault,
  );
}

function megabytes(octets: number): string {
  return `${(octets / (1024 * 1024)).toLocaleString("en-US", { maximumFractionDigits: 1 })} MB`;
}
