// Branding: four colours with their contrast, the font, the logo.

import { call } from "../client.ts";
import { contrast, inkOn, isColour } from "../colour.ts";
import { told } from "../dialog.ts";
import { fill, h, icon, must } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy, Form } from "../form.ts";
import { notice } from "../notice.ts";
import { type Region, region } from "../region.ts";
import { IMAGES, uploadField } from "../upload-field.ts";

interface Branding {
  primary: string;
  secondary: string;
  accent: string;
  background: string;
  font: string;
  fonts?: string[];
  logo_url: string | null;
  /** What the assistant has saved for later. */
  draft?: Look | null;
}

interface Look {
  primary: string;
  secondary: string;
  accent: string;
  background: string;
  font: string;
}

type Name = "primary" | "secondary" | "accent" | "background";

const PATH = "/api/tenant-admin/branding";
const LOGO_LIMIT = 2 * 1024 * 1024;
const FONTS = ["system", "humanist", "serif", "slab", "rounded", "mono"];
const COLOURS: [Name, string][] = [
  ["primary", "Primary: buttons and links"],
  ["secondary", "Secondary: quiet areas"],
  ["accent", "Accent: marks and ratings"],
  ["background", "Background"],
];

const AS_A_COLOUR = "write # and six digits, such as #17695A";

let place: Region;

export function brandingPage(): void {
  place = region(must("#branding"), async () => {
    const branding = await call<Branding>(PATH);
    const { draft } = branding;
    if (draft === null || draft === undefined) {
      return [editor(branding)];
    }
    const host = h("div", {}, editor(branding));
    return [draftBanner(() => fill(host, editor({ ...branding, ...draft }))), host];
  });
  const copy = document.querySelector<HTMLButtonElement>("#copy-snippet");
  copy?.addEventListener("click", () => void copyText(must("#snippet").textContent ?? ""));
}

/** A draft is put into the form and saved from there, or discarded. */
function draftBanner(use: () => void): HTMLElement {
  const load = h("button", { class: "button small", type: "button" }, "Load into the form");
  load.addEventListener("click", () => {
    use();
    notice("The draft is in the form; save it to publish it");
  });
  const discard = h("button", { class: "button small", type: "button" }, "Discard draft");
  discard.addEventListener("click", async () => {
    try {
      await call(`${PATH}/draft`, { method: "DELETE" });
      notice("The draft has been discarded");
      await place.reload();
    } catch (thrown) {
      await told("The draft is still there", Failure.from(thrown));
    }
  });
  return h(
    "div",
    { class: "callout wait above" },
    icon("palette"),
    h(
      "div",
      { class: "stack tight" },
      h("p", {}, "The assistant has saved a draft of the branding. Visitors still see the old one."),
      h("div", { class: "row" }, load, discard),
    ),
  );
}

function editor(branding: Branding): HTMLElement {
  const chosen = {
    primary: branding.primary,
    secondary: branding.secondary,
    accent: branding.accent,
    background: branding.background,
  };
  const ratios = h("ul", { class: "contrast", role: "list" });
  const sample = h("div", { class: "sample" });
  const draw = (): void => {
    fill(ratios, ...pairs(chosen).map(ratioLine));
    drawSample(sample, chosen);
  };
  const colours = COLOURS.map(([name, label]) => ({
    name,
    label,
    value: chosen[name],
    maxlength: 7,
    spellcheck: "false" as const,
  }));
  const form = new Form([
    ...colours,
    {
      name: "font",
      label: "Font",
      kind: "select",
      value: branding.font,
      choices: (branding.fonts ?? FONTS).map((font): [string, string] => [font, titled(font)]),
    },
  ]);
  for (const [name] of COLOURS) {
    addPicker(form, name, (value) => {
      chosen[name] = value;
      draw();
    });
  }
  const save = h("button", { class: "button primary", type: "submit" }, "Save branding");
  const pairwise = h("div", { class: "grid-2" });
  form.row("primary").before(pairwise);
  pairwise.append(...COLOURS.map(([name]) => form.row(name)));
  form.element.append(h("div", { class: "form-actions" }, save));
  form.onsubmit = () =>
    void busy(save, async () => {
      const faults = COLOURS.filter(([name]) => !isColour(form.text(name))).map(
        ([name, label]): [string, string] => [name, `${colourName(label)}: ${AS_A_COLOUR}`],
      );
      if (faults.length > 0) {
        form.refuse("The branding cannot be saved yet", faults);
        return;
      }
      try {
        await call(PATH, { method: "PUT", body: { ...chosen, font: form.text("font") } });
        notice("The branding has been saved");
        await place.reload();
      } catch (thrown) {
        form.failed(thrown);
      }
    });
  draw();
  return h(
    "div",
    { class: "branding" },
    h(
      "section",
      { class: "card stack", "aria-labelledby": "colours" },
      h("h2", { id: "colours" }, "Colours and font"),
      form.element,
    ),
    h(
      "div",
      { class: "stack" },
      h(
        "section",
        { class: "card stack", "aria-labelledby": "contrast" },
        h("h2", { id: "contrast" }, "Contrast"),
        h(
          "p",
          { class: "soft small" },
          "Where a pair is too weak for text, the storefront computes a safe shade of it.",
        ),
        ratios,
        sample,
      ),
      h(
        "section",
        { class: "card stack", "aria-labelledby": "logo" },
        h("h2", { id: "logo" }, "Logo"),
        ...logo(branding),
      ),
    ),
  );
}

/** A colour is written, or picked beside its text. */
function addPicker(form: Form, name: Name, chosen: (value: string) => void): void {
  const text = form.control(name);
  const [, label] = COLOURS.find(([known]) => known === name) ?? [name, name];
  const picker = h("input", { type: "color", value: text.value, "aria-label": `${label}, picker` });
  const beside = h("div", { class: "colour" });
  text.replaceWith(beside);
  beside.append(picker, text);
  picker.addEventListener("input", () => {
    text.value = picker.value.toUpperCase();
    form.accept(name);
    chosen(text.value);
  });
  text.addEventListener("input", () => {
    if (isColour(form.text(name))) {
      picker.value = form.text(name);
      form.accept(name);
      chosen(form.text(name));
    }
  });
}

/** What stands before the colon. */
function colourName(label: string): string {
  return label.split(":")[0] ?? label;
}

interface Pair {
  name: string;
  ratio: number;
}

function pairs(colours: Record<Name, string>): Pair[] {
  return [
    { name: "Text on background", ratio: contrast(inkOn(colours.background), colours.background) },
    { name: "Primary on background", ratio: contrast(colours.primary, colours.background) },
    { name: "Text on primary", ratio: contrast(inkOn(colours.primary), colours.primary) },
    { name: "Accent on background", ratio: contrast(colours.accent, colours.background) },
  ];
}

function ratioLine({ name, ratio }: Pair): HTMLElement {
  const passes = ratio >= 4.5;
  const shown = Math.floor(ratio * 10) / 10;
  return h(
    "li",
    {},
    h("span", {}, name),
    h(
      "span",
      { class: passes ? "badge good" : "badge wait" },
      icon(passes ? "check" : "alert"),
      `${shown.toFixed(1)} : 1 ${passes ? "passes AA" : "too weak for text"}`,
    ),
  );
}

/** Colours are set by script: the policy forbids inline styles in markup, and rightly. */
function drawSample(sample: HTMLElement, colours: Record<Name, string>): void {
  const block = (ground: string, text: string): HTMLElement => {
    const element = h("div", { class: "sample-block" }, text);
    element.style.background = ground;
    element.style.color = inkOn(ground);
    element.style.padding = "0.6rem 1rem";
    return element;
  };
  fill(
    sample,
    block(colours.background, "Background"),
    block(colours.secondary, "Secondary"),
    block(colours.primary, "Primary"),
    block(colours.accent, "Accent"),
  );
}

function logo(branding: Branding): Node[] {
  const box =
    branding.logo_url === null
      ? h("div", { class: "logo-box soft" }, "No logo yet")
      : h("div", { class: "logo-box" }, h("img", { src: branding.logo_url, alt: "Your logo" }));
  const field = uploadField({
    label: "New logo",
    hint: `${IMAGES}, up to 2 MB`,
    path: `${PATH}/logo`,
    field: "logo",
    most: LOGO_LIMIT,
    done: () => {
      notice("The logo has been saved");
      void place.reload();
    },
  });
  const remove = h(
    "button",
    { class: "button small", type: "button", hidden: branding.logo_url === null },
    icon("trash"),
    "Remove logo",
  );
  remove.addEventListener("click", async () => {
    try {
      await call(`${PATH}/logo`, { method: "DELETE" });
      notice("The logo has been removed");
      await place.reload();
    } catch (thrown) {
      await told("The logo is still there", Failure.from(thrown));
    }
  });
  return [box, field, h("div", {}, remove)];
}

/** The clipboard exists on HTTPS and localhost only; elsewhere the text is selected for copying by hand. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice("The line has been copied");
  } catch {
    getSelection()?.selectAllChildren(must("#snippet"));
    notice("The line is selected; copy it with your keyboard");
  }
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).replace(/_/g, " ");
}
