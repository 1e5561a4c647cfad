// The one way to the server. An answer is parsed only after its status was looked at.

import { askToSignIn } from "./expired.ts";
import { Failure } from "./failure.ts";

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  /** What the change is based on. */
  version?: number | string;
  /** The same key for every attempt at one creation. */
  idempotencyKey?: string;
  accept?: string;
  signal?: AbortSignal;
}

/** The parsed answer; `undefined` where there is none (204). */
export async function call<Answer>(path: string, options: Call = {}): Promise<Answer> {
  const response = await open(path, options);
  if (response.status === 204) {
    return undefined as Answer;
  }
  return (await response.json()) as Answer;
}

/** All rows of a list, page after page, up to `most`. */
export async function all<Row>(path: string, most = 1000): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const joint = path.includes("?") ? "&" : "?";
    const next = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: List<Row> = await call(`${path}${joint}limit=100${next}`);
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < most);
  return rows;
}

export interface List<Row> {
  items: Row[];
  next_cursor: string | null;
}

/** The answer with its status looked at, and its body unread. */
export async function open(path: string, options: Call = {}): Promise<Response> {
  return answered(() => send(path, options));
}

/** Sends, and where the session is refused sends again: renewed if that works, else signed in again. */
export async function answered(attempt: () => Promise<Response>): Promise<Response> {
  let response = await attempt();
  // The backend's token may be over while the session lives: reading the session renews it.
  if (response.status === 401 && (await renewed())) {
    response = await attempt();
  }
  while (response.status === 401) {
    const failure = await Failure.of(response);
    if (!(await askToSignIn())) {
      throw failure;
    }
    response = await attempt();
  }
  if (!response.ok) {
    throw await Failure.of(response);
  }
  return response;
}

/** The answer, whatever its status. */
export async function send(path: string, options: Call): Promise<Response> {
  const headers = new Headers({ accept: options.accept ?? "application/json" });
  if (options.version !== undefined) {
    headers.set("if-match", `"${String(options.version).replaceAll('"', "")}"`);
  }
  if (options.idempotencyKey !== undefined) {
    headers.set("idempotency-key", options.idempotencyKey);
  }
  const init: RequestInit = { method: options.method ?? "GET", headers, cache: "no-store" };
  if (options.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  if (options.signal !== undefined) {
    init.signal = options.signal;
  }
  try {
    return await fetch(path, init);
  } catch (thrown) {
    if (options.signal?.aborted) {
      throw thrown;
    }
    throw Failure.network();
  }
}

let renewal: Promise<boolean> | null = null;

/** Reads the session once for all calls that wait, and says whether there is one. */
function renewed(): Promise<boolean> {
  renewal ??= fetch("/api/auth/session", { cache: "no-store", headers: { accept: "application/json" } })
    .then(async (response) => response.ok && hasUser(await response.json()))
    .catch(() => false)
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

function hasUser(session: unknown): boolean {
  return typeof session === "object" && session !== null && "user" in session;
}

/** A key for each attempt at a creation: the same as long as nobody knows whether the last one arrived. */
export class Attempt {
  #key: string | null = null;
  #body = "";

  async create<Answer>(path: string, body: unknown): Promise<Answer> {
    const text = JSON.stringify(body);
    if (this.#key === null || this.#body !== text) {
      this.#key = randomKey();
      this.#body = text;
    }
    try {
      const answer = await call<Answer>(path, { method: "POST", body, idempotencyKey: this.#key });
      this.#key = null;
      return answer;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.status >= 400 && failure.status < 500) {
        this.#key = null;
      }
      throw failure;
    }
  }
}

/** `crypto.randomUUID` exists on HTTPS and localhost only; this works everywhere. */
function randomKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
