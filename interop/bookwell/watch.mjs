// What a browser complains about while a person works: every complaint is a fault, unless the test announced it.

/** An announcement: all given members have to fit. `path` is a text or a pattern. */
function fits(wanted, seen) {
  return Object.entries(wanted).every(([member, value]) => (value instanceof RegExp ? value.test(String(seen[member])) : seen[member] === value))
}

export class Watch {
  #seen = []
  #expected = []
  #tolerated = []
  #reading = new Set()

  constructor(context, evidence) {
    context.on("console", (message) => {
      evidence.text(`console ${message.location().url}`, message.text())
      if (message.type() !== "error" && message.type() !== "warning") return
      // Chromium repeats in the console what the response has said already.
      if (/^Failed to load resource/.test(message.text())) return
      this.#seen.push({ kind: "console", text: message.text() })
    })
    context.on("weberror", (error) => this.#seen.push({ kind: "error", text: String(error.error().stack ?? error.error()) }))
    context.on("requestfailed", (request) => {
      // Chromium fetches the icon beside the page, and drops it where the test goes on before it is there.
      if (isIcon(request) && request.failure()?.errorText === "net::ERR_ABORTED") return
      this.#seen.push({ kind: "failed", method: request.method(), path: path(request.url()), text: request.failure()?.errorText ?? "" })
    })
    context.on("response", (response) => {
      if (response.status() >= 400) {
        this.#seen.push({ kind: "status", status: response.status(), method: response.request().method(), path: path(response.url()) })
      }
      this.#read(() => keepHead(evidence, response))
    })
    context.on("requestfinished", (request) => this.#read(() => keepBody(evidence, request)))
  }

  /** Something that would be a fault, and that has to happen here. */
  expect(wanted) {
    this.#expected.push(wanted)
  }

  /** Something that would be a fault, and that may happen here. */
  tolerate(wanted) {
    this.#tolerated.push(wanted)
  }

  /** Waits for the bodies that are still read, and says what was not as announced. */
  async faults() {
    await Promise.all(this.#reading)
    const announced = [...this.#expected, ...this.#tolerated]
    const faults = this.#seen.filter((seen) => !announced.some((wanted) => fits(wanted, seen)))
    const missed = this.#expected.filter((wanted) => !this.#seen.some((seen) => fits(wanted, seen)))
    return [...faults.map((fault) => `not announced: ${shown(fault)}`), ...missed.map((wanted) => `announced, but missed: ${shown(wanted)}`)]
  }

  #read(work) {
    // A page that leaves takes its unread bodies along.
    const reading = work().catch(() => {}).finally(() => this.#reading.delete(reading))
    this.#reading.add(reading)
  }
}

/** Keeps the head of an answer, and the session that it sets. */
async function keepHead(evidence, response) {
  const headers = await response.headersArray()
  const others = headers.filter(({ name }) => name.toLowerCase() !== "set-cookie")
  evidence.text(`head ${place(response.request())}`, others.map(({ name, value }) => `${name}: ${value}`).join("\n"))
  evidence.session(headers.filter(({ name }) => name.toLowerCase() === "set-cookie").map(({ value }) => pair(value)))
}

async function keepBody(evidence, request) {
  const response = await request.response()
  evidence.text(`body ${place(request)}`, (await response.body()).toString())
}

function place(request) {
  return `${request.method()} ${request.url()}`
}

/** Name and value of a `Set-Cookie`. */
function pair(line) {
  const [, name, value] = /^([^=]*)=([^;]*)/.exec(line) ?? [undefined, "", ""]
  return { name, value }
}

function path(url) {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function shown(wanted) {
  return Object.entries(wanted).map(([member, value]) => `${member} ${value}`).join(", ")
}

function isIcon(request) {
  return request.resourceType() === "other" && /^\/assets\/icon-[0-9a-f]+\.svg$/.test(new URL(request.url()).pathname)
}
