import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { completed, SECTIONS } = await load("landing/schema.ts");
const { faults } = await load("landing/check.ts");

const page = (...sections) => ({ pages: { home: { enabled: true, sections } } });

test("a new section never makes the page invalid", () => {
  for (const kind of SECTIONS) {
    assert.deepEqual(faults(page(kind.first())), [], kind.type);
  }
});

test("a fault is named as the API names it", () => {
  const hero = { type: "hero", headline: "" };
  const faq = {
    type: "faq",
    items: [
      { question: "a", answer: "b" },
      { question: "x".repeat(201), answer: "" },
    ],
  };
  assert.deepEqual(
    faults(page(hero, faq)).map((fault) => fault.path),
    [
      "pages.home.sections[0].headline",
      "pages.home.sections[1].items[1].question",
      "pages.home.sections[1].items[1].answer",
    ],
  );
});

test("lengths count characters, not code units", () => {
  assert.deepEqual(faults(page({ type: "hero", headline: "😀".repeat(60) })), []);
  assert.equal(faults(page({ type: "hero", headline: "😀".repeat(61) })).length, 1);
});

test("addresses are of the web", () => {
  for (const image of ["javascript:alert(1)", "data:text/html,x", "//x.test/a.png", "ftp://x.test/"]) {
    assert.equal(faults(page({ type: "hero", headline: "a", image })).length, 1, image);
  }
});

test("a document has every page, and home is on", () => {
  const { pages } = completed({ pages: { home: { enabled: false, sections: [] } } });
  assert.equal(Object.keys(pages).length, 7);
  assert.equal(pages.home.enabled, true);
  assert.equal(pages.faq.enabled, false);
});
