import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { events, Parser } = await load("event-stream.ts");

const STREAM =
  'event: delta\ndata: {"text":"Hé"}\n\n: ping\n\nevent: done\r\ndata: 1\r\ndata: 2\r\n\r\ndata:x\n\nevent: lost\n';
const EXPECTED = [
  { event: "delta", data: '{"text":"Hé"}' },
  { event: "done", data: "1\n2" },
  { event: "message", data: "x" },
];

test("events are read wherever the stream is cut", () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    const parser = new Parser();
    const found = [...parser.feed(STREAM.slice(0, cut)), ...parser.feed(STREAM.slice(cut))];
    assert.deepEqual(found, EXPECTED, `cut at ${cut}`);
  }
});

test("octets of one character may come in two chunks, and leaving ends the stream", async () => {
  const octets = new TextEncoder().encode(STREAM);
  let cancelled = false;
  let next = 0;
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(octets.slice(next, next + 1));
      next += 1;
    },
    cancel() {
      cancelled = true;
    },
  });
  for await (const event of events(body)) {
    assert.deepEqual(event, EXPECTED[0]);
    break;
  }
  assert.equal(cancelled, true);
});

test("a stream that ended by itself is not cancelled", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(STREAM));
      controller.close();
    },
    cancel() {
      cancelled = true;
    },
  });
  const found = [];
  for await (const event of events(body)) {
    found.push(event);
  }
  assert.deepEqual(found, EXPECTED);
  assert.equal(cancelled, false);
});
