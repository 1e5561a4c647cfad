import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { history } = await load("assistant/history.ts");

const at = (second) => `2026-05-20T10:00:${String(second).padStart(2, "0")}Z`;
const said = (author, text, second) => ({ author, text, created_at: at(second) });
const proposed = (preview, second) => ({ preview, created_at: at(second) });
const order = (messages, proposals) =>
  history(messages, proposals).map((entry) => entry.text ?? entry.preview);

const MESSAGES = [
  said("user", "block Friday", 1),
  said("assistant", "done", 3),
  said("user", "raise the price", 10),
  said("assistant", "look at the card", 12),
];

test("each proposal stands behind the turn that made it", () => {
  const proposals = [proposed("price", 11), proposed("Friday", 2)];
  assert.deepEqual(order(MESSAGES, proposals), [
    "block Friday",
    "done",
    "Friday",
    "raise the price",
    "look at the card",
    "price",
  ]);
});

test("a turn without an answer keeps its proposal, and none is lost", () => {
  assert.deepEqual(order(MESSAGES.slice(2, 3), [proposed("one", 10), proposed("two", 30)]), [
    "raise the price",
    "one",
    "two",
  ]);
  assert.deepEqual(order([], []), []);
});
