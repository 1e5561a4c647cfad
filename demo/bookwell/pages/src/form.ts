// Forms from a list of fields: labels, hints, faults at the field, and a summary above that takes the focus.

import { fill, h, icon, unique } from "./dom.ts";
import { Failure } from "./failure.ts";

export interface Field {
  name: string;
  label: string;
  kind?: "text" | "email" | "tel" | "password" | "date" | "number" | "textarea" | "select" | "check" | "url";
  value?: string;
  checked?: boolean;
  hint?: string;
  optional?: boolean;
  readonly?: boolean;
  autocomplete?: string;
  inputmode?: string;
  maxlength?: number;
  spellcheck?: "false";
  min?: string;
  max?: string;
  /** Stands before the input, such as a currency. */
  prefix?: string;
  choices?: [value: string, label: string][];
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class Form {
  readonly element: HTMLFormElement;
  onsubmit: () => void = () => {};
  readonly #summary = h("div", { class: "summary", role: "alert", tabindex: "-1", hidden: true });
  readonly #controls = new Map<string, Control>();
  readonly #faults = new Map<string, HTMLElement>();

  constructor(fields: Field[]) {
    this.element = h("form", {
      class: "stack",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        this.clear();
        this.onsubmit();
      },
    });
    this.element.append(this.#summary, ...fields.map((field) => this.#row(field)));
  }

  text(name: string): string {
    return this.control(name).value.trim();
  }

  checked(name: string): boolean {
    const control = this.control(name);
    return control instanceof HTMLInputElement && control.checked;
  }

  control(name: string): Control {
    const control = this.#controls.get(name);
    if (control === undefined) {
      throw new Error(`the form has no ${name}`);
    }
    return control;
  }

  focus(name: string): void {
    this.control(name).focus();
  }

  /** Shows what went wrong: at the fields where it names some, and above all of them. */
  failed(thrown: unknown): void {
    const failure = Failure.from(thrown);
    const faults = failure.fields.map((fault): [string, string] => [last(fault.field), fault.message]);
    this.refuse(failure.title, faults, failure.requestId);
  }

  /** Refuses the input before it is sent, or after. */
  refuse(title: string, faults: [name: string, message: string][], requestId: string | null = null): void {
    const links: Node[] = [];
    for (const [name, message] of faults) {
      const control = this.#mark(name, message);
      if (control === undefined) {
        links.push(h("li", {}, message));
        continue;
      }
      const link = h("a", { href: `#${control.id}` }, message);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        control.focus();
      });
      links.push(h("li", {}, link));
    }
    this.fail(title, null, links.length > 0 ? h("ul", {}, ...links) : null, requestId);
  }

  /** Says what is wrong at the field, if the form has it. */
  #mark(name: string, message: string): Control | undefined {
    const control = this.#controls.get(name);
    const place = this.#faults.get(name);
    if (control === undefined || place === undefined) {
      return undefined;
    }
    control.setAttribute("aria-invalid", "true");
    fill(place, icon("alert"), message);
    place.hidden = false;
    return control;
  }

  /** Takes back what was said at the field. */
  accept(name: string): void {
    const place = this.#faults.get(name);
    if (place !== undefined) {
      place.hidden = true;
      fill(place);
    }
    this.#controls.get(name)?.removeAttribute("aria-invalid");
  }

  /** The field with its label, hint and fault. */
  row(name: string): HTMLElement {
    const row = this.control(name).closest<HTMLElement>(".field");
    if (row === null) {
      throw new Error(`the field ${name} has no row`);
    }
    return row;
  }

  fail(
    title: string,
    text: string | null = null,
    list: Node | null = null,
    requestId: string | null = null,
  ): void {
    fill(
      this.#summary,
      h("strong", {}, title),
      text === null ? null : h("p", {}, text),
      list,
      requestId === null ? null : h("p", { class: "small" }, "Request ", h("code", {}, requestId)),
    );
    this.#summary.hidden = false;
    this.#summary.focus();
  }

  clear(): void {
    this.#summary.hidden = true;
    fill(this.#summary);
    for (const name of this.#faults.keys()) {
      this.accept(name);
    }
  }

  #row(field: Field): HTMLElement {
    const id = unique("field");
    const hint = `${id}-hint`;
    const fault = `${id}-fault`;
    const control = input(field, id);
    const described = field.hint === undefined ? fault : `${hint} ${fault}`;
    control.setAttribute("aria-describedby", described);
    const place = h("p", { class: "fault", id: fault, hidden: true });
    this.#controls.set(field.name, control);
    this.#faults.set(field.name, place);
    const explanation = field.hint === undefined ? null : h("p", { class: "hint", id: hint }, field.hint);
    if (field.kind === "check") {
      return h(
        "div",
        { class: "field" },
        h("label", { class: "check" }, control, field.label),
        explanation,
        place,
      );
    }
    const optional = field.optional ? h("span", { class: "optional" }, " (optional)") : null;
    return h(
      "div",
      { class: "field" },
      h("label", { for: id }, field.label, optional),
      field.prefix === undefined
        ? control
        : h("div", { class: "affix" }, h("span", { "aria-hidden": "true" }, field.prefix), control),
      explanation,
      place,
    );
  }
}

/** Runs `work` once, however often the button is pressed meanwhile. */
export async function busy(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  // `disabled` would take the focus away.
  button.setAttribute("aria-disabled", "true");
  button.classList.add("busy");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.classList.remove("busy");
  }
}

function input(field: Field, id: string): Control {
  const shared = {
    id,
    name: field.name,
    class: field.kind === "check" ? null : "input",
    autocomplete: field.autocomplete ?? "off",
    readonly: field.readonly,
    maxlength: field.maxlength,
    spellcheck: field.spellcheck,
    required: field.optional === true || field.kind === "check" ? null : true,
  };
  if (field.kind === "textarea") {
    const area = h("textarea", shared);
    area.value = field.value ?? "";
    return area;
  }
  if (field.kind === "select") {
    const choices = (field.choices ?? []).map(([value, label]) => h("option", { value }, label));
    const select = h("select", { ...shared, readonly: null }, ...choices);
    if (field.value !== undefined) {
      select.value = field.value;
    }
    return select;
  }
  const type = field.kind === "check" ? "checkbox" : (field.kind ?? "text");
  const control = h("input", { ...shared, type, min: field.min, max: field.max, inputmode: field.inputmode });
  control.value = field.value ?? (field.kind === "check" ? "on" : "");
  control.checked = field.checked ?? false;
  return control;
}

/** `customer.email` is the field `email` of the form. */
function last(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
