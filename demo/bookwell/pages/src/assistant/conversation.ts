// The conversation with the server: health, session, messages, and the stream of an answer.

import { call, open } from "../client.ts";
import { events } from "../event-stream.ts";
import { Failure } from "../failure.ts";
import type { Proposal } from "./words.ts";

export interface Health {
  available: boolean;
  reason: string | null;
  message: string | null;
}

export interface Message {
  author: "user" | "assistant";
  text: string;
  created_at: string;
}

export interface Opened {
  session_id: string;
  greeting: string;
  messages: Message[];
  proposals: Proposal[];
}

/** What an answer brings, in the order in which it comes. */
export type Piece =
  | { kind: "delta"; text: string }
  | { kind: "tool"; name: string; ok: boolean }
  | { kind: "proposal"; row: Proposal }
  | { kind: "error"; code: string; reason: string | null }
  | { kind: "done" };

export const health = (): Promise<Health> => call("/api/agent/health");

export class Conversation {
  #session = "";

  async start(): Promise<Opened> {
    const opened = await call<Opened>("/api/agent/session", { method: "POST", body: {} });
    this.#session = opened.session_id;
    return opened;
  }

  /** Sends once. A session that is lost is renewed once; nothing else is repeated by itself. */
  async *send(message: string, approve: string[], signal: AbortSignal): AsyncGenerator<Piece> {
    let response: Response;
    try {
      response = await this.#post(message, approve, signal);
    } catch (thrown) {
      if (Failure.from(thrown).status !== 404) {
        throw thrown;
      }
      await this.start();
      response = await this.#post(message, [], signal);
    }
    if (response.body === null) {
      return;
    }
    // Chromium lists a request as cancelled when its body was read by a stream, even to the end; a copy that is read
    // as a whole lists it as finished. Leaving early still works by the signal, which ends both.
    void response
      .clone()
      .text()
      .catch(() => "");
    let ended = false;
    for await (const { event, data } of events(response.body)) {
      const piece = pieceOf(event, data);
      // Behind the last event the stream is read to its end: leaving it there would look like a failed request.
      if (piece !== null && !ended) {
        ended = piece.kind === "done" || piece.kind === "error";
        yield piece;
      }
    }
    // Exactly one of the two ends a stream; this one was cut.
    if (!ended) {
      yield { kind: "error", code: "cut", reason: null };
    }
  }

  #post(message: string, approve: string[], signal: AbortSignal): Promise<Response> {
    return open("/api/agent/chat", {
      method: "POST",
      accept: "text/event-stream",
      body: { session_id: this.#session, message, approve },
      signal,
    });
  }
}

function pieceOf(event: string, data: string): Piece | null {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(data) as Record<string, unknown>;
  } catch {
    return null;
  }
  switch (event) {
    case "delta":
      return { kind: "delta", text: String(value.text ?? "") };
    case "tool":
      return { kind: "tool", name: String(value.name ?? ""), ok: value.ok !== false };
    case "proposal":
      return { kind: "proposal", row: (value.proposal ?? value) as unknown as Proposal };
    case "error":
      return {
        kind: "error",
        code: String(value.code ?? ""),
        reason: typeof value.reason === "string" ? value.reason : null,
      };
    case "done":
      return { kind: "done" };
    default:
      return null;
  }
}
