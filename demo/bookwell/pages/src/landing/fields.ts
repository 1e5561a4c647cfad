// The inputs of a section, made from its table; what is typed goes straight into the document.

import { h, icon, unique } from "../dom.ts";
import { firstItem, type Item, type Items, type Spec } from "./schema.ts";

export function fieldsOf(
  item: Item,
  fields: Spec[],
  path: string,
  changed: () => void,
  redraw: () => void,
): HTMLElement[] {
  return fields.map((field) => {
    const here = `${path}.${field.name}`;
    return field.kind === "items"
      ? items(item, field, here, changed, redraw)
      : single(item, field, here, changed);
  });
}

function single(item: Item, field: Exclude<Spec, Items>, path: string, changed: () => void): HTMLElement {
  const id = unique("part");
  const fault = `${id}-fault`;
  const shared = { class: "input", id, "aria-describedby": fault, autocomplete: "off" };
  const value = item[field.name];
  const set = (next: Item[string]): void => {
    if (next === undefined) {
      delete item[field.name];
    } else {
      item[field.name] = next;
    }
    changed();
  };
  let control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
  let optional = false;
  switch (field.kind) {
    case "choice": {
      const options = field.choices.map(([choice, label]) => h("option", { value: String(choice) }, label));
      const select = h("select", shared, ...options);
      select.value = String(value ?? field.choices[0]?.[0]);
      select.addEventListener("change", () =>
        set(field.choices.find(([choice]) => String(choice) === select.value)?.[0]),
      );
      control = select;
      break;
    }
    case "lines": {
      const area = h("textarea", { ...shared, rows: 4 });
      area.value = Array.isArray(value) ? value.join("\n") : "";
      area.addEventListener("input", () => set(area.value.split("\n").filter((line) => line.trim() !== "")));
      control = area;
      break;
    }
    case "area":
    case "line":
    case "email":
    case "url": {
      optional = field.min === 0;
      const type = field.kind === "line" ? "text" : field.kind;
      const input =
        field.kind === "area" ? h("textarea", { ...shared, rows: 4 }) : h("input", { ...shared, type });
      input.value = typeof value === "string" ? value : "";
      input.addEventListener("input", () => set(input.value === "" && optional ? undefined : input.value));
      control = input;
      break;
    }
  }
  return h(
    "div",
    { class: "field", "data-path": path },
    h("label", { for: id }, field.label, optional ? h("span", { class: "optional" }, " (optional)") : null),
    control,
    h("p", { class: "fault", id: fault, hidden: true }),
  );
}

function items(item: Item, field: Items, path: string, changed: () => void, redraw: () => void): HTMLElement {
  const list = Array.isArray(item[field.name]) ? (item[field.name] as Item[]) : [];
  item[field.name] = list;
  const boxes = list.map((entry, index) => {
    const name = `${field.label} ${index + 1}`;
    const remove = h(
      "button",
      {
        class: "button quiet small",
        type: "button",
        "aria-label": `Remove ${name.toLowerCase()}`,
        onclick: () => {
          list.splice(index, 1);
          redraw();
          changed();
        },
      },
      icon("trash"),
      "Remove",
    );
    return h(
      "fieldset",
      { class: "item-box" },
      h("legend", { class: "spoken" }, name),
      h(
        "div",
        { class: "row apart" },
        h("span", { class: "soft small", "aria-hidden": "true" }, name),
        list.length > field.min ? remove : null,
      ),
      ...fieldsOf(entry, field.fields, `${path}[${index}]`, changed, redraw),
    );
  });
  const add = h(
    "button",
    {
      class: "button small",
      type: "button",
      onclick: () => {
        list.push(firstItem(field.fields));
        redraw();
        changed();
      },
    },
    icon("plus"),
    `Add ${field.label.toLowerCase()}`,
  );
  return h("div", { class: "stack tight" }, ...boxes, list.length < field.max ? h("div", {}, add) : null);
}
