// A service of gRPC with the real server: it wants a bearer, knows no cookies, and records its calls.

import grpc from "./package.mjs"

/** Messages are JSON: what they hold is nothing to a gateway. */
const coder = { serialize: (value) => Buffer.from(JSON.stringify(value)), deserialize: (octets) => JSON.parse(octets.toString()) }

const method = (name, { requests = false, responses = false } = {}) => ({
  path: `/bookings.v1.Bookings/${name}`,
  requestStream: requests,
  responseStream: responses,
  requestSerialize: coder.serialize,
  requestDeserialize: coder.deserialize,
  responseSerialize: coder.serialize,
  responseDeserialize: coder.deserialize,
})

export const BOOKINGS = {
  get: method("Get"),
  list: method("List", { responses: true }),
  upload: method("Upload", { requests: true }),
  talk: method("Talk", { requests: true, responses: true }),
  fail: method("Fail"),
  wait: method("Wait"),
}

export class Bookings {
  /** The metadata of every call, oldest first. */
  calls = []
  /** Resolves with the next call that its client cancelled. */
  cancelled
  #cancel
  #server = new grpc.Server()

  async start() {
    this.cancelled = new Promise((resolve) => (this.#cancel = resolve))
    this.#server.addService(BOOKINGS, {
      get: (call, reply) => {
        this.#note(call)
        const trailers = new grpc.Metadata()
        trailers.set("x-checksum", "abc")
        reply(null, { id: call.request.id, title: "Haircut" }, trailers)
      },
      list: (call) => {
        this.#note(call)
        for (let id = 1; id <= call.request.count; id++) call.write({ id })
        call.end()
      },
      upload: async (call, reply) => {
        this.#note(call)
        let octets = 0
        for await (const { part } of call) octets += part.length
        reply(null, { octets })
      },
      // Answers each message before the next one comes.
      talk: (call) => {
        this.#note(call)
        call.on("data", ({ word }) => call.write({ word: word.toUpperCase() }))
        call.on("end", () => call.end())
      },
      fail: (call, reply) => {
        this.#note(call)
        const metadata = new grpc.Metadata()
        metadata.set("x-reason", "double-booked")
        reply({ code: grpc.status.FAILED_PRECONDITION, details: "the slot is taken", metadata })
      },
      wait: (call) => {
        this.#note(call)
        call.on("cancelled", () => this.#cancel(call.getPath()))
      },
    })
    const credentials = grpc.ServerCredentials.createInsecure()
    const port = await new Promise((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)))
    })
    this.url = `http://127.0.0.1:${port}`
    return this
  }

  async stop() {
    this.#server.forceShutdown()
  }

  #note(call) {
    this.calls.push({ path: call.getPath(), metadata: call.metadata.getMap() })
  }
}
