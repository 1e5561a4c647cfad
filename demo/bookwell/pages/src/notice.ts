// Short messages about what has just been done; the live region stands in the template.

import { h, icon, must } from "./dom.ts";

const SHOWN_FOR = 6000;

export function notice(text: string): void {
  const item = h("div", { class: "notice" }, icon("check"), h("span", {}, text));
  must("#notices").append(item);
  setTimeout(() => item.remove(), SHOWN_FOR);
}
