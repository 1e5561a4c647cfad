// The sections of one page: add, edit, move by buttons, remove.

import { confirmed } from "../dialog.ts";
import { fill, h, icon, unique } from "../dom.ts";
import type { Fault } from "./check.ts";
import { fieldsOf } from "./fields.ts";
import { kindOf, MOST_SECTIONS, type Page, SECTIONS, type Section } from "./schema.ts";

export class SectionEditor {
  readonly element = h("div", { class: "stack" });
  readonly #said = h("p", { class: "spoken", role: "status" });
  readonly #list = h("ol", { class: "sections", role: "list" });
  readonly #changed: () => void;
  #page: Page = { enabled: true, sections: [] };
  #path = "";
  #open = new Set<Section>();
  #faults: Fault[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
    const choice = h(
      "select",
      { class: "input", id: unique("kind") },
      ...SECTIONS.map((kind) => h("option", { value: kind.type }, kind.label)),
    );
    const add = h(
      "button",
      { class: "button", type: "button", onclick: () => this.#add(choice.value) },
      icon("plus"),
      "Add section",
    );
    this.element.append(
      this.#said,
      this.#list,
      h(
        "div",
        { class: "filters" },
        h("div", { class: "field" }, h("label", { for: choice.id }, "New section"), choice),
        add,
      ),
    );
  }

  show(name: string, page: Page): void {
    this.#page = page;
    this.#path = `pages.${name}.sections`;
    this.#draw();
  }

  /** Marks what is wrong without drawing anew, so that typing is not disturbed. */
  mark(faults: Fault[]): void {
    this.#faults = faults;
    for (const place of this.#list.querySelectorAll<HTMLElement>("[data-path]")) {
      const fault = faults.find((one) => one.path === place.dataset.path);
      const message = place.querySelector<HTMLElement>(":scope > .fault");
      const control = place.querySelector<HTMLElement>(".input");
      if (message === null || control === null) {
        continue;
      }
      message.hidden = fault === undefined;
      fill(message, ...(fault === undefined ? [] : [icon("alert"), fault.message]));
      control.setAttribute("aria-invalid", String(fault !== undefined));
    }
    for (const card of this.#list.querySelectorAll<HTMLElement>("[data-section]")) {
      const wrong = faults.some((fault) => fault.path.startsWith(`${card.dataset.section}.`));
      card.classList.toggle("wrong", wrong);
    }
  }

  #draw(focus?: { index: number; control: string }): void {
    const { sections } = this.#page;
    fill(this.#list, ...sections.map((section, index) => this.#card(section, index)));
    if (sections.length === 0) {
      this.#list.append(h("li", { class: "soft" }, "This page is empty. Add its first section below."));
    }
    this.mark(this.#faults);
    if (focus !== undefined) {
      const card = this.#list.children[focus.index];
      card?.querySelector<HTMLElement>(`[data-control="${focus.control}"]`)?.focus();
    }
  }

  #card(section: Section, index: number): HTMLElement {
    const kind = kindOf(section);
    const label = kind?.label ?? section.type;
    const path = `${this.#path}[${index}]`;
    const open = this.#open.has(section);
    const body = h("div", { class: "section-body", id: unique("section"), hidden: !open });
    const last = this.#page.sections.length - 1;
    const words = h("span", {}, gist(section));
    const changed = (): void => {
      words.textContent = gist(section);
      this.#changed();
    };
    if (open) {
      body.append(...fieldsOf(section, kind?.fields ?? [], path, changed, () => this.#draw()));
    }
    const toggle = h(
      "button",
      {
        class: "toggle",
        type: "button",
        "data-control": "toggle",
        "aria-expanded": String(open),
        "aria-controls": body.id,
        onclick: () => {
          this.#open.delete(section) || this.#open.add(section);
          this.#draw({ index, control: "toggle" });
        },
      },
      icon("forward"),
      h("b", {}, label),
      words,
    );
    const button = (name: string, control: string, symbol: string, able: boolean, act: () => void) =>
      h(
        "button",
        {
          class: "button quiet small only-icon",
          type: "button",
          "data-control": control,
          "aria-label": `${name}: ${label}, ${index + 1} of ${last + 1}`,
          "aria-disabled": able ? null : "true",
          onclick: () => {
            if (able) {
              act();
            }
          },
        },
        icon(symbol),
      );
    return h(
      "li",
      { class: "section-card", "data-section": path },
      h(
        "div",
        { class: "section-head" },
        toggle,
        button("Move up", "up", "up", index > 0, () => this.#move(index, -1, label)),
        button("Move down", "down", "down", index < last, () => this.#move(index, 1, label)),
        button("Remove", "remove", "trash", true, () => void this.#remove(section, label)),
      ),
      body,
    );
  }

  #add(type: string): void {
    const kind = SECTIONS.find((one) => one.type === type);
    if (kind === undefined) {
      return;
    }
    if (this.#page.sections.length >= MOST_SECTIONS) {
      this.#said.textContent = `A page has at most ${MOST_SECTIONS} sections`;
      return;
    }
    const section = kind.first();
    this.#open.add(section);
    this.#page.sections.push(section);
    this.#said.textContent = `${kind.label} added`;
    this.#draw({ index: this.#page.sections.length - 1, control: "toggle" });
    this.#changed();
  }

  #move(index: number, by: -1 | 1, label: string): void {
    const { sections } = this.#page;
    const [moved] = sections.splice(index, 1);
    if (moved === undefined) {
      return;
    }
    sections.splice(index + by, 0, moved);
    this.#said.textContent = `${label} is number ${index + by + 1} now`;
    this.#draw({ index: index + by, control: by < 0 ? "up" : "down" });
    this.#changed();
  }

  async #remove(section: Section, label: string): Promise<void> {
    const { sections } = this.#page;
    const sure = await confirmed({
      title: `Remove the section “${label}”?`,
      text: "What is written in it is lost.",
      action: "Remove section",
    });
    const index = sections.indexOf(section);
    if (!sure || index < 0) {
      return;
    }
    sections.splice(index, 1);
    this.#said.textContent = `${label} removed`;
    this.#draw({ index: Math.max(0, index - 1), control: "toggle" });
    this.#changed();
  }
}

/** The first words of a section, so that it is found while it is closed. */
function gist(section: Section): string {
  for (const name of ["headline", "content", "email", "phone"]) {
    const text = section[name];
    if (typeof text === "string" && text !== "") {
      return text;
    }
  }
  for (const [name, one, many] of [
    ["items", "entry", "entries"],
    ["images", "image", "images"],
    ["tiers", "tier", "tiers"],
  ] as const) {
    const list = section[name];
    if (Array.isArray(list)) {
      return `${list.length} ${list.length === 1 ? one : many}`;
    }
  }
  return "";
}
