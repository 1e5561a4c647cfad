// The watch sees what it is there for: without these tests a silent browser would prove nothing.

import assert from "node:assert/strict"
import { once } from "node:events"
import http from "node:http"
import { after, before, describe, test } from "node:test"
import { launch } from "./chromium.mjs"
import { Evidence } from "./evidence.mjs"
import { Visitor } from "./visitor.mjs"

const POLICY = "default-src 'self'; script-src 'unsafe-inline'; connect-src 'self'; style-src 'none'"

const PAGES = {
  "/good": "<h1>All is well</h1><script>sessionStorage.note = 'kept'; document.cookie = 'readable=crumb'</script>",
  "/thrown": "<script>throw new Error('boom')</script>",
  "/rejected": "<script>Promise.reject(new Error('unheard'))</script>",
  "/console": "<script>console.error('something is wrong')</script>",
  "/policy": "<style>p { color: red }</style>",
  "/missing": "<img src='/nothing.png' alt=''>",
  "/cut": "<script>globalThis.done = fetch('/cut-off').catch(() => {})</script>",
  "/shadow": "<p id=host></p><script>host.attachShadow({ mode: 'open' }).innerHTML = 'in the shadow'</script>",
}

describe("the watch", { concurrency: false }, () => {
  let browser
  let server
  let origin
  before(async () => {
    server = http.createServer((request, response) => {
      const page = PAGES[request.url]
      if (request.url === "/cut-off") return request.socket.destroy()
      response.writeHead(page ? 200 : 404, { "content-type": "text/html", "content-security-policy": POLICY, "x-mark": "in the head" })
      response.end(page ? `<!doctype html><html lang=en><title>t</title><link rel=icon href=/good>${page}` : "")
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    origin = `http://watch.test:${server.address().port}`
    browser = await launch()
  })
  after(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
  })

  async function faults(path, announce = () => {}, evidence = new Evidence()) {
    const visitor = new Visitor({ context: await browser.newContext(), origin, evidence })
    announce(visitor.watch)
    const page = await visitor.open(path)
    await page.evaluate(() => globalThis.done)
    return visitor.leave()
  }

  test("a token is found by its signature, wherever it stands", () => {
    const evidence = new Evidence()
    evidence.text("body GET /good", '{"url":"/?t=c2lnbmF0dXJl"}')
    assert.deepEqual(evidence.find(["aGVhZA.Ym9keQ.c2lnbmF0dXJl"]), ["body GET /good"])
    assert.deepEqual(evidence.find(["aGVhZA.Ym9keQ.b3RoZXI"]), [])
  })

  test("says nothing where all is well", async () => assert.deepEqual(await faults("/good"), []))

  for (const [path, told] of [["/thrown", /boom/], ["/rejected", /unheard/], ["/console", /something is wrong/], ["/policy", /Content Security Policy/], ["/missing", /status 404.*nothing\.png/], ["/cut", /failed.*cut-off/]]) {
    test(`tells of ${path.slice(1)}`, async () => {
      const [fault] = await faults(path)
      assert.match(fault ?? "", told)
    })
  }

  test("passes over what was announced, and tells of what was announced and did not happen", async () => {
    assert.deepEqual(await faults("/missing", (watch) => watch.expect({ kind: "status", status: 404, path: "/nothing.png" })), [])
    assert.match((await faults("/missing", (watch) => watch.expect({ kind: "status", status: 403, path: "/nothing.png" }))).join(), /not announced.*missed/)
    assert.deepEqual(await faults("/good", (watch) => watch.tolerate({ kind: "status", status: 404 })), [])
    assert.match((await faults("/good", (watch) => watch.expect({ kind: "status", status: 404 }))).join(), /missed/)
  })

  test("keeps bodies, heads, markup, shadows, storage and readable cookies", async () => {
    const evidence = new Evidence()
    await faults("/good", undefined, evidence)
    await faults("/shadow", undefined, evidence)
    for (const [kind, text] of [["body", "All is well"], ["head", "in the head"], ["markup", "All is well"], ["text", "All is well"], ["storage", "kept"], ["cookie", "crumb"], ["shadows", "in the shadow"]]) {
      assert.ok(evidence.mentions(text).some((place) => place.startsWith(`${kind} `)), `${kind} is not kept`)
    }
  })
})
