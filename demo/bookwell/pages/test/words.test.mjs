import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { errorWords, refusedWords } = await load("assistant/words.ts");
const { problemWords } = await load("chat/words.ts");

test("what ends an answer is told apart", () => {
  const said = [
    errorWords("assistant_unavailable"),
    errorWords("assistant_unavailable", "provider_unauthorized"),
    errorWords("assistant_unavailable", "provider_timeout"),
    errorWords("session_ended"),
    errorWords("internal"),
    errorWords("cut"),
  ];
  assert.equal(new Set(said).size, said.length, said.join("\n"));
});

test("what was refused says how long, or with which status", () => {
  const failure = (status, code, retryAfter = null) => ({ status, code, retryAfter, title: "Title" });
  assert.equal(
    refusedWords(failure(429, "rate_limited", 7)),
    "Too many messages at once; try again in 7 seconds",
  );
  assert.equal(refusedWords(failure(429, "rate_limited")), "Title");
  assert.equal(refusedWords(failure(500, "internal")), "Title (status 500)");
  assert.equal(refusedWords(failure(401, "unauthenticated")), "Title");
});

test("the widget tells its faults apart", () => {
  assert.equal(problemWords("rate_limited", 429, 12), "That was a lot at once. Try again in 12 seconds.");
  assert.equal(problemWords("unauthenticated", 401), "The chat is not set up correctly on this page.");
  const said = [
    problemWords("forbidden", 403),
    problemWords("internal", 500),
    problemWords("", 502),
    problemWords("cut", 200),
    problemWords("network"),
    problemWords(""),
  ];
  assert.equal(new Set(said).size, said.length, said.join("\n"));
});
