// A provider of the assistant that speaks OpenAI's streaming format, one word at a time, as the test says them.

import { once } from "node:events"
import http from "node:http"

export class Model {
  /** From now on it refuses the key. */
  refuses = false
  #server = http.createServer((request, response) => this.#answer(request, response))
  #waiting = []

  async start() {
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    this.url = `http://127.0.0.1:${this.#server.address().port}/v1`
    return this
  }

  /** The next answer that is asked for: `say(text)`, `end()`, and `closed` for when nobody listens any more. */
  next() {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async stop() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(request, response) {
    request.resume()
    if (this.refuses) return json(response, 401, { error: { message: "no such key", code: "invalid_api_key" } })
    if (request.method === "GET") return json(response, 200, { object: "list", data: [{ id: "storyteller", object: "model" }] })
    const waiting = this.#waiting.shift()
    response.writeHead(200, { "content-type": "text/event-stream" })
    response.flushHeaders()
    const say = (content) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`)
    const end = () => response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`)
    if (waiting) return waiting({ say, end, closed: once(response, "close") })
    say("There is nothing to tell.")
    end()
  }
}

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}
