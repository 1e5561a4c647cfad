import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { load } from "./load.mjs";

const { all, Attempt, call } = await load("client.ts");

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

/** Answers calls in turn and keeps what was asked. */
function answering(...answers) {
  const asked = [];
  globalThis.fetch = async (path, init = {}) => {
    asked.push({ path, ...init });
    const answer = answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    const [status, body, headers = {}] = answer;
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
  };
  return asked;
}

test("a refused token is renewed by reading the session, once, and the call is repeated", async () => {
  const asked = answering([401, {}], [200, { user: {} }], [200, { value: 7 }]);
  assert.deepEqual(await call("/api/x", { method: "PUT", body: { a: 1 }, version: 3 }), { value: 7 });
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["/api/x", "/api/auth/session", "/api/x"],
  );
  assert.equal(asked[2].headers.get("if-match"), '"3"');
  assert.equal(asked[2].body, '{"a":1}');
});

test("calls that are refused at the same time read the session once", async () => {
  let session = 0;
  const first = new Set();
  globalThis.fetch = async (path) => {
    if (path === "/api/auth/session") {
      session += 1;
      return new Response('{"user":{}}');
    }
    const again = first.has(path);
    first.add(path);
    return new Response("{}", { status: again ? 200 : 401 });
  };
  await Promise.all([call("/api/a"), call("/api/b"), call("/api/c")]);
  assert.equal(session, 1);
});

test("an answer that is not good is a failure with title, code, id and fields, and never a value", async () => {
  const problem = {
    title: "That date is taken",
    code: "date_taken",
    request_id: "r-1",
    errors: [{ field: "event_date", code: "x", message: "Taken" }, { nonsense: 1 }],
  };
  answering([409, problem, { "retry-after": "12" }]);
  await assert.rejects(call("/api/x"), (failure) => {
    assert.equal(failure.title, "That date is taken");
    assert.equal(failure.code, "date_taken");
    assert.equal(failure.requestId, "r-1");
    assert.equal(failure.retryAfter, 12);
    assert.deepEqual(failure.fields, [{ field: "event_date", code: "x", message: "Taken" }]);
    return true;
  });
  for (const [status, text] of [
    [502, "<html>"],
    [500, ""],
    [404, "null"],
    [429, "[1]"],
  ]) {
    globalThis.fetch = async () => new Response(text, { status, headers: { "x-request-id": "r-2" } });
    await assert.rejects(
      all("/api/x"),
      (failure) => failure.status === status && failure.requestId === "r-2",
    );
  }
});

test("no answer at all is a failure too", async () => {
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
  answering(new TypeError("failed to fetch"));
  await assert.rejects(call("/api/x"), { status: 0 });
});

test("204 has no value", async () => {
  answering([204]);
  assert.equal(await call("/api/x", { method: "DELETE" }), undefined);
});

test("a list is read to its end", async () => {
  const asked = answering(
    [200, { items: [1, 2], next_cursor: "a b" }],
    [200, { items: [3], next_cursor: null }],
  );
  assert.deepEqual(await all("/api/x?from=1"), [1, 2, 3]);
  assert.equal(asked[1].path, "/api/x?from=1&limit=100&cursor=a%20b");
});

test("a creation keeps its key until somebody knows what became of it", async () => {
  const attempt = new Attempt();
  const asked = answering(new TypeError("cut"), [500, {}], [409, {}], [201, {}], [201, {}]);
  const create = (body) => attempt.create("/api/x", body).catch(() => {});
  await create({ a: 1 });
  await create({ a: 1 });
  await create({ a: 1 });
  await create({ a: 1 });
  await create({ a: 1 });
  const keys = asked.map(({ headers }) => headers.get("idempotency-key"));
  assert.equal(keys[0], keys[1]);
  assert.equal(keys[1], keys[2]);
  assert.equal(new Set(keys).size, 3);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
});
