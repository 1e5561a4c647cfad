// What a section may hold: one table, from which the forms, the first contents and the checks are made.

export type Value = string | number | Item[] | string[] | undefined;
export interface Item {
  [name: string]: Value;
}
export interface Section extends Item {
  type: string;
}
export interface Page {
  enabled: boolean;
  sections: Section[];
}
export interface LandingDocument {
  pages: Record<string, Page>;
}

export interface Text {
  kind: "line" | "area" | "email" | "url";
  name: string;
  label: string;
  /** Unicode scalar values; 0 where it may be absent. */
  min: number;
  max: number;
}
export interface Choice {
  kind: "choice";
  name: string;
  label: string;
  choices: [value: string | number, label: string][];
}
export interface Items {
  kind: "items";
  name: string;
  /** What one of them is called. */
  label: string;
  min: number;
  max: number;
  fields: Spec[];
}
/** A list of plain lines. */
export interface Lines {
  kind: "lines";
  name: string;
  label: string;
  max: number;
  /** Of each line. */
  length: number;
}
export type Spec = Text | Choice | Items | Lines;

export interface SectionKind {
  type: string;
  label: string;
  fields: Spec[];
  /** Passes the checks, so that a new section never makes the page invalid. */
  first: () => Section;
}

const line = (name: string, label: string, min: number, max: number): Text => ({
  kind: "line",
  name,
  label,
  min,
  max,
});
const area = (name: string, label: string, min: number, max: number): Text => ({
  kind: "area",
  name,
  label,
  min,
  max,
});
const image = (name = "image", min = 0): Text => ({
  kind: "url",
  name,
  label: "Address of the image",
  min,
  max: 2048,
});

export const PAGES: [name: string, label: string][] = [
  ["home", "Home"],
  ["about", "About"],
  ["services", "Services"],
  ["gallery", "Gallery"],
  ["testimonials", "Testimonials"],
  ["faq", "Questions"],
  ["contact", "Contact"],
];

export const MOST_SECTIONS = 20;

export const SECTIONS: SectionKind[] = [
  {
    type: "hero",
    label: "Opening",
    fields: [
      line("headline", "Headline", 1, 60),
      line("subheadline", "Line below", 0, 150),
      line("button", "Button", 0, 30),
      image(),
    ],
    first: () => ({ type: "hero", headline: "Welcome", subheadline: "Say in one sentence what you offer." }),
  },
  {
    type: "text",
    label: "Text",
    fields: [
      line("headline", "Headline", 0, 60),
      area("content", "Text", 1, 2000),
      image(),
      {
        kind: "choice",
        name: "image_side",
        label: "Image stands",
        choices: [
          ["left", "Left of the text"],
          ["right", "Right of the text"],
        ],
      },
    ],
    first: () => ({ type: "text", headline: "About this", content: "Write here.", image_side: "right" }),
  },
  {
    type: "features",
    label: "Features",
    fields: [
      {
        kind: "choice",
        name: "columns",
        label: "Columns",
        choices: [
          [2, "Two"],
          [3, "Three"],
          [4, "Four"],
        ],
      },
      {
        kind: "items",
        name: "items",
        label: "Feature",
        min: 1,
        max: 12,
        fields: [line("title", "Title", 1, 60), area("text", "Text", 1, 300)],
      },
    ],
    first: () => ({ type: "features", columns: 3, items: [{ title: "What is special", text: "Say why." }] }),
  },
  {
    type: "pricing",
    label: "Prices",
    fields: [
      {
        kind: "items",
        name: "tiers",
        label: "Tier",
        min: 1,
        max: 5,
        fields: [
          line("name", "Name", 1, 60),
          line("price", "Price", 1, 30),
          { kind: "lines", name: "features", label: "What is included, one a line", max: 10, length: 100 },
        ],
      },
    ],
    first: () => ({
      type: "pricing",
      tiers: [{ name: "Standard", price: "On request", features: ["What is included"] }],
    }),
  },
  {
    type: "gallery",
    label: "Gallery",
    fields: [
      line("handle", "Name on social media", 0, 30),
      {
        kind: "items",
        name: "images",
        label: "Image",
        min: 1,
        max: 50,
        fields: [image("url", 1), line("alt", "What the image shows", 1, 200)],
      },
    ],
    first: () => ({
      type: "gallery",
      images: [{ url: "https://example.com/image.jpg", alt: "Say what it shows" }],
    }),
  },
  {
    type: "testimonials",
    label: "Testimonials",
    fields: [
      {
        kind: "items",
        name: "items",
        label: "Testimonial",
        min: 1,
        max: 12,
        fields: [
          area("quote", "Quote", 10, 300),
          line("author", "Author", 1, 100),
          line("role", "Who that is", 0, 50),
          {
            kind: "choice",
            name: "rating",
            label: "Stars",
            choices: [
              [5, "5"],
              [4, "4"],
              [3, "3"],
              [2, "2"],
              [1, "1"],
            ],
          },
        ],
      },
    ],
    first: () => ({
      type: "testimonials",
      items: [{ quote: "Everything went as promised.", author: "A happy customer", rating: 5 }],
    }),
  },
  {
    type: "faq",
    label: "Questions",
    fields: [
      {
        kind: "items",
        name: "items",
        label: "Question",
        min: 1,
        max: 20,
        fields: [line("question", "Question", 1, 200), area("answer", "Answer", 1, 1000)],
      },
    ],
    first: () => ({ type: "faq", items: [{ question: "What do people ask?", answer: "Answer it here." }] }),
  },
  {
    type: "contact",
    label: "Contact",
    fields: [
      { kind: "email", name: "email", label: "E-mail", min: 0, max: 254 },
      line("phone", "Phone", 0, 20),
      area("address", "Address", 0, 300),
      area("hours", "Opening hours", 0, 500),
    ],
    first: () => ({ type: "contact" }),
  },
  {
    type: "cta",
    label: "Call to action",
    fields: [
      line("headline", "Headline", 1, 60),
      line("text", "Line below", 0, 150),
      line("button", "Button", 1, 30),
    ],
    first: () => ({ type: "cta", headline: "Ready to book?", button: "Ask us" }),
  },
];

export function kindOf(section: Section): SectionKind | undefined {
  return SECTIONS.find((kind) => kind.type === section.type);
}

/** A new item that passes the checks, or nearly: what has no sensible first value stays empty. */
export function firstItem(fields: Spec[]): Item {
  const item: Item = {};
  for (const field of fields) {
    if (field.kind === "choice") {
      item[field.name] = field.choices[0]?.[0];
    } else if (field.kind === "lines") {
      item[field.name] = [];
    } else if (field.kind === "items") {
      item[field.name] = [firstItem(field.fields)];
    } else if (field.min > 0) {
      item[field.name] = "";
    }
  }
  return item;
}

/** Every page is there, home is on. */
export function completed(document: LandingDocument | null): LandingDocument {
  const pages: Record<string, Page> = {};
  for (const [name] of PAGES) {
    const page = document?.pages[name];
    pages[name] = { enabled: name === "home" || (page?.enabled ?? false), sections: page?.sections ?? [] };
  }
  return { pages };
}
