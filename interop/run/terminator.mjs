// What a balancer does in front of the gateway: it ends TLS, says so in `X-Forwarded-*`, and changes nothing else.

import { execFile } from "node:child_process"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import http from "node:http"
import https from "node:https"
import { join } from "node:path"
import { promisify } from "node:util"

const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"])

/** Listens on a free port of loopback, so `host`'s port is known only afterwards: call `target(port)` then. */
export class Terminator {
  #server
  #port

  async start(host, folder) {
    const certificate = await selfSigned(host, folder)
    this.ca = certificate.cert
    this.#server = https.createServer({ ...certificate, maxHeaderSize: 65_536 }, (request, response) => this.#forward(request, response))
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    this.port = this.#server.address().port
    return this
  }

  target(port) {
    this.#port = port
  }

  async stop() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #forward(request, response) {
    const upstream = http.request({
      host: "127.0.0.1",
      port: this.#port,
      method: request.method,
      path: request.url,
      headers: forwarded(request),
      agent: false,
      maxHeaderSize: 65_536,
    })
    upstream.on("response", (answer) => {
      // A flat list keeps every line, so `Set-Cookie` is never merged.
      response.writeHead(answer.statusCode, answer.statusMessage, passed(answer.rawHeaders).flat())
      response.flushHeaders()
      answer.on("error", () => response.destroy()).pipe(response)
    })
    upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    response.on("close", () => upstream.destroy())
    request.pipe(upstream)
  }
}

function forwarded(request) {
  const peer = request.socket.remoteAddress
  const before = request.headers["x-forwarded-for"]
  return [
    ...passed(request.rawHeaders).filter(([name]) => !/^x-forwarded-(for|host|proto)$/i.test(name)),
    ["X-Forwarded-For", before ? `${before}, ${peer}` : peer],
    ["X-Forwarded-Host", request.headers.host],
    ["X-Forwarded-Proto", "https"],
  ]
}

function passed(rawHeaders) {
  const pairs = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!HOP_BY_HOP.has(rawHeaders[at].toLowerCase())) pairs.push([rawHeaders[at], rawHeaders[at + 1]])
  }
  return pairs
}

async function selfSigned(host, folder) {
  const key = join(folder, "key.pem")
  const cert = join(folder, "cert.pem")
  await promisify(execFile)("openssl", [
    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2",
    "-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`, "-keyout", key, "-out", cert,
  ])
  return { key: await readFile(key), cert: await readFile(cert) }
}
