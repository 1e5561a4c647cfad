// Bodies pass both ways as they come.

import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { Readable } from "node:stream"
import { test } from "node:test"
import { events, json } from "../browser.mjs"

const UPLOAD_PIECE = 256 * 1024
const UPLOAD_PIECES = 256 // 64 MiB

export function streams(here, session) {
  // Each event is sent only after the one before has arrived, so a gateway that waits for more never finishes.
  test("events arrive one by one", { timeout: 10_000 }, async () => {
    const response = await session.browser.open("/api/agent/events", { headers: { accept: "text/event-stream" } })
    assert.equal(response.statusCode, 200)
    assert.match(response.headers["content-type"], /^text\/event-stream\b/)
    const stream = await here.backend.stream()
    const arriving = events(response)
    for (const data of ["one", "two", "three"]) {
      stream.send(data)
      assert.deepEqual(await arriving.next(), { value: data, done: false })
    }
    stream.end()
    assert.equal((await arriving.next()).done, true)
  })

  test("a client that goes away ends the stream of the backend", { timeout: 10_000 }, async () => {
    const response = await session.browser.open("/api/agent/events", { headers: { accept: "text/event-stream" } })
    const stream = await here.backend.stream()
    stream.send("one")
    assert.deepEqual(await events(response).next(), { value: "one", done: false })
    response.destroy()
    await stream.closed
  })

  test("a posted body comes back as it was sent", async () => {
    const body = randomBytes(300_000)
    const answer = await session.browser.call("/api/agent/echo", {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body,
    })
    assert.equal(answer.status, 200, answer.text.slice(0, 200))
    assert.equal(answer.headers["content-type"], "application/octet-stream")
    assert.ok(answer.octets.equals(body), "the body changed on its way")
    const request = here.backend.requests.at(-1)
    assert.equal(request.method, "POST")
    assert.equal(request.headers["content-length"], String(body.length))
  })

  test("a large upload of unknown length arrives whole", { timeout: 60_000 }, async () => {
    const sent = createHash("sha256")
    const piece = randomBytes(UPLOAD_PIECE)
    const body = Readable.from(pieces(piece, sent))
    const answer = await session.browser.call("/api/tenant-admin/upload", { method: "POST", body })
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(json(answer), { bytes: UPLOAD_PIECE * UPLOAD_PIECES, sha256: sent.digest("hex") })
  })
}

function* pieces(piece, hash) {
  for (let n = 0; n < UPLOAD_PIECES; n++) {
    hash.update(piece)
    yield piece
  }
}
