import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { dayIn, shifted, shiftedMonths, weekday, words } = await load("dates.ts");

test("days are counted without a time zone", () => {
  assert.equal(shifted("2026-03-08", 1), "2026-03-09");
  assert.equal(shifted("2026-10-25", 1), "2026-10-26");
  assert.equal(shifted("2026-01-01", -1), "2025-12-31");
  assert.equal(weekday("2026-06-14"), 0);
  assert.equal(words("2026-06-14"), "Sun, Jun 14, 2026");
});

test("a month later is never two", () => {
  assert.equal(shiftedMonths("2026-01-31", 1), "2026-02-28");
  assert.equal(shiftedMonths("2024-02-29", 24), "2026-02-28");
  assert.equal(shiftedMonths("2026-01-31", -2), "2025-11-30");
});

test("today is that of the business, wherever the browser is", () => {
  // Wednesday evening in New York is Thursday afternoon in Auckland.
  const now = new Date("2026-11-26T01:30:00Z");
  assert.equal(dayIn("America/New_York", now), "2026-11-25");
  assert.equal(dayIn("Pacific/Auckland", now), "2026-11-26");
  assert.equal(dayIn("Pacific/Pago_Pago", new Date("2026-01-01T10:59:59Z")), "2025-12-31");
});

test("without a zone, or with one that is not known, it is that of the browser", () => {
  const now = new Date(2026, 10, 26, 0, 30);
  assert.equal(dayIn(undefined, now), "2026-11-26");
  assert.equal(dayIn("Middle_Earth/Shire", now), "2026-11-26");
});
