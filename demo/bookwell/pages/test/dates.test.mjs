import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { shifted, shiftedMonths, weekday, words } = await load("dates.ts");

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
