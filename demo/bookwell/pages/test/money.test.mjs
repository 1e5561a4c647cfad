import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { cents, decimal, money, symbol } = await load("money.ts");

test("what somebody types becomes exact cents", () => {
  for (const [typed, expected] of [
    ["0", 0],
    ["1200", 120_000],
    ["1,200", 120_000],
    ["1 200.5", 120_050],
    ["0.07", 7],
    ["1.1", 110],
    ["999,999.99", 99_999_999],
    [" 45.05 ", 4505],
  ]) {
    assert.equal(cents(typed), expected, typed);
  }
});

test("what is no amount is refused, not guessed", () => {
  for (const typed of [
    "",
    "-1",
    "1.234",
    "1,20",
    "1.2.3",
    "1e3",
    "$5",
    "1000000",
    "twelve",
    "1,2345",
    ".5",
    "1.",
  ]) {
    assert.equal(cents(typed), null, typed);
  }
});

test("every amount survives being written and read", () => {
  for (const amount of [0, 1, 9, 10, 99, 100, 101, 70_007, 99_999_999]) {
    assert.equal(cents(decimal(amount)), amount);
  }
  assert.equal(decimal(-5), "-0.05");
});

test("amounts are shown with their currency", () => {
  assert.equal(money(123_456, "USD"), "$1,234.56");
  assert.equal(money(9_007_199_254_740_991, "USD"), "$90,071,992,547,409.91");
  assert.equal(symbol("EUR"), "€");
});
