// The limits of the API, checked before anything is sent: typing must not make requests that are refused.

import { type Item, kindOf, type LandingDocument, type Spec } from "./schema.ts";

/** Where the fault is, as the API would name it, and what to do. */
export interface Fault {
  path: string;
  message: string;
}

export function faults(document: LandingDocument): Fault[] {
  return Object.entries(document.pages).flatMap(([name, page]) =>
    page.sections.flatMap((section, index) =>
      ofItem(section, kindOf(section)?.fields ?? [], `pages.${name}.sections[${index}]`),
    ),
  );
}

function ofItem(item: Item, fields: Spec[], path: string): Fault[] {
  return fields.flatMap((field) => ofField(item[field.name], field, `${path}.${field.name}`));
}

function ofField(value: Item[string], field: Spec, here: string): Fault[] {
  switch (field.kind) {
    case "choice":
      return [];
    case "items": {
      const items = Array.isArray(value) ? (value as Item[]) : [];
      return items.flatMap((entry, index) => ofItem(entry, field.fields, `${here}[${index}]`));
    }
    case "lines": {
      const lines = Array.isArray(value) ? (value as string[]) : [];
      if (lines.length > field.max) {
        return [{ path: here, message: `At most ${field.max} lines` }];
      }
      const long = lines.findIndex((line) => length(line) > field.length);
      return long < 0
        ? []
        : [{ path: here, message: `Line ${long + 1} has more than ${field.length} characters` }];
    }
    case "line":
    case "area":
    case "email":
    case "url": {
      const text = typeof value === "string" ? value : "";
      const message = ofText(text, field);
      return message === null ? [] : [{ path: here, message }];
    }
  }
}

function ofText(
  text: string,
  field: Extract<Spec, { min: number; kind: "line" | "area" | "email" | "url" }>,
): string | null {
  if (text === "" && field.min === 0) {
    return null;
  }
  if (length(text) < field.min) {
    return text === ""
      ? `${field.label} is missing`
      : `${field.label} needs at least ${field.min} characters`;
  }
  if (length(text) > field.max) {
    return `${field.label} has more than ${field.max} characters`;
  }
  if (field.kind === "email" && !/^[^\s@]+@[^\s@]+$/.test(text)) {
    return "This is no e-mail address";
  }
  if (field.kind === "url" && !/^https?:\/\/[^\s]+$/i.test(text)) {
    return "An address begins with https:// or http://";
  }
  return null;
}

/** Unicode scalar values, as the API counts. */
function length(text: string): number {
  return [...text].length;
}
