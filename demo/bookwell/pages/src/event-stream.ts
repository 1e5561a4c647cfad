// Server-sent events over fetch: `EventSource` can neither POST nor tell a 401 from a broken line.

export interface StreamEvent {
  event: string;
  data: string;
}

/** Reads events as they come; ends when the server ends the stream. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new Parser();
  let over = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        over = true;
        return;
      }
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Who loses interest before the end says so: the server then stops its own call.
    if (!over) {
      await reader.cancel().catch(() => {});
    }
  }
}

/** WHATWG HTML §9.2.6: lines end with CR, LF or both, and an empty one ends the event. */
export class Parser {
  #rest = "";
  #event = "";
  #data: string[] = [];

  feed(text: string): StreamEvent[] {
    const found: StreamEvent[] = [];
    this.#rest += text;
    for (;;) {
      const match = /\r\n|\n|\r/.exec(this.#rest);
      // A CR at the very end may be the first half of CR LF.
      if (match === null || (match[0] === "\r" && match.index + 1 === this.#rest.length)) {
        return found;
      }
      const line = this.#rest.slice(0, match.index);
      this.#rest = this.#rest.slice(match.index + match[0].length);
      const event = this.#line(line);
      if (event !== null) {
        found.push(event);
      }
    }
  }

  #line(line: string): StreamEvent | null {
    if (line === "") {
      const event = { event: this.#event || "message", data: this.#data.join("\n") };
      const empty = this.#data.length === 0;
      this.#event = "";
      this.#data = [];
      return empty ? null : event;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") {
      this.#event = value;
    } else if (name === "data") {
      this.#data.push(value);
    }
    return null;
  }
}
