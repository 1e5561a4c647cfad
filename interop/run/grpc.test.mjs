// gRPC from the real client to the real server, with the gateway between them.

import assert from "node:assert/strict"
import { once } from "node:events"
import { after, before, describe, it } from "node:test"
import { BOOKINGS } from "./grpc/bookings.mjs"
import grpc from "./grpc/package.mjs"
import * as world from "./grpc/world.mjs"

describe("gRPC", { concurrency: false, timeout: 60_000 }, () => {
  const here = {}
  before(async () => Object.assign(here, await world.start()), { timeout: 60_000 })
  after(() => here.stop?.())

  /** One call with one answer: the message, the status, and what came behind it. */
  const ask = (method, request, metadata, options = {}) =>
    new Promise((resolve) => {
      let message, failure
      const call = here.client[method](request, metadata, options, (error, value) => ([failure, message] = [error, value]))
      call.on("status", (status) => setImmediate(() => resolve({ message, error: failure, status })))
    })

  it("brings a call to the server, with the session's bearer and without its cookie", async () => {
    const { message, status } = await ask("get", { id: 7 }, here.signedIn("MEMBER"))
    assert.deepEqual(message, { id: 7, title: "Haircut" })
    assert.equal(status.code, grpc.status.OK)
    assert.deepEqual(status.metadata.get("x-checksum"), ["abc"])
    const { metadata } = here.bookings.calls.at(-1)
    assert.equal(metadata.authorization, `Bearer ${world.TOKEN}`)
    assert.equal(metadata.cookie, undefined)
  })

  it("passes a stream from the server, message by message", async () => {
    const call = here.client.list({ count: 100 }, here.signedIn("MEMBER"))
    const ids = []
    for await (const { id } of call) ids.push(id)
    assert.deepEqual(ids, Array.from({ length: 100 }, (_, index) => index + 1))
  })

  it("passes a stream to the server", async () => {
    const answer = await new Promise((resolve, reject) => {
      const call = here.client.upload(here.signedIn("MEMBER"), (error, value) => (error ? reject(error) : resolve(value)))
      for (let part = 0; part < 20; part++) call.write({ part: "x".repeat(100_000) })
      call.end()
    })
    assert.deepEqual(answer, { octets: 2_000_000 })
  })

  it("passes both at once", async () => {
    const call = here.client.talk(here.signedIn("MEMBER"))
    // The next word is said only after the answer to the last one.
    for (const word of ["one", "two", "three"]) {
      call.write({ word })
      const [answer] = await once(call, "data")
      assert.deepEqual(answer, { word: word.toUpperCase() })
    }
    const ended = once(call, "status")
    call.resume()
    call.end()
    const [status] = await ended
    assert.equal(status.code, grpc.status.OK)
  })

  it("leaves the server's own failures as they are", async () => {
    const { error } = await ask("fail", {}, here.signedIn("MEMBER"))
    assert.equal(error.code, grpc.status.FAILED_PRECONDITION)
    assert.equal(error.details, "the slot is taken")
    assert.deepEqual(error.metadata.get("x-reason"), ["double-booked"])
  })

  it("lets a deadline and a cancellation reach the server", async () => {
    const { error } = await ask("wait", {}, here.signedIn("MEMBER"), { deadline: Date.now() + 500 })
    assert.equal(error.code, grpc.status.DEADLINE_EXCEEDED)
    assert.equal(await here.bookings.cancelled, BOOKINGS.wait.path)
  })

  it("is UNAUTHENTICATED without a session, and the server hears nothing", async () => {
    const before = here.bookings.calls.length
    const { error } = await ask("get", { id: 7 }, new grpc.Metadata())
    assert.equal(error.code, grpc.status.UNAUTHENTICATED)
    assert.equal(here.bookings.calls.length, before)
  })

  it("is PERMISSION_DENIED where a rule does not let the session pass", async () => {
    const { error } = await ask("get", { id: 7 }, here.signedIn("GUEST"))
    assert.equal(error.code, grpc.status.PERMISSION_DENIED)
  })

  it("is UNAVAILABLE where the server is gone", async () => {
    const { path, requestSerialize, responseDeserialize } = BOOKINGS.get
    const gone = path.replace("bookings.v1.Bookings", "gone.v1.Gone")
    const error = await new Promise((resolve) => here.client.makeUnaryRequest(gone, requestSerialize, responseDeserialize, {}, resolve))
    assert.equal(error.code, grpc.status.UNAVAILABLE)
  })
})
