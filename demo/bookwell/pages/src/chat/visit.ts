// One visitor's conversation. Id and token live here and nowhere else: a new page is a new visit.

export interface Offer {
  id: string;
  preview: string;
  state: string;
  error_code?: string | null;
}

export interface Reply {
  text: string;
  proposals: Offer[];
}

/** Who is being talked to. */
export interface Host {
  name: string;
  primary: string;
}

export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    /** Seconds after which another attempt makes sense. */
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }
}

export class Visit {
  readonly #base: string;
  readonly #key: string;
  #who: { session_id: string; visitor_token: string } | null = null;

  constructor(base: string, key: string) {
    this.#base = `${base}/api/public/chat`;
    this.#key = key;
  }

  /** The tenant's name and colour; nothing depends on them, so nothing is said where they cannot be read. */
  async host(): Promise<Host | null> {
    try {
      const response = await fetch(`${this.#base.slice(0, -"/chat".length)}/tenant`, {
        headers: { "x-tenant-key": this.#key },
        credentials: "omit",
      });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** Gives the greeting. */
  async start(): Promise<string> {
    const opened = await this.#post<{ session_id: string; visitor_token: string; greeting: string }>(
      "/session",
      {},
    );
    const { session_id, visitor_token, greeting } = opened;
    this.#who = { session_id, visitor_token };
    return greeting;
  }

  /** A visit that has ended, after an hour without a word, begins anew once. */
  async send(message: string): Promise<Reply> {
    try {
      return await this.#post("/message", { ...this.#who, message });
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.status !== 404) {
        throw thrown;
      }
      await this.start();
      return this.#post("/message", { ...this.#who, message });
    }
  }

  decide(offer: string, verdict: "confirm" | "reject"): Promise<Offer> {
    return this.#post(`/proposals/${offer}/${verdict}`, { ...this.#who });
  }

  async #post<Answer>(path: string, body: unknown): Promise<Answer> {
    let response: Response;
    try {
      response = await fetch(this.#base + path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-tenant-key": this.#key },
        body: JSON.stringify(body),
        // The widget stands on foreign sites: it has no use for anybody's cookies.
        credentials: "omit",
      });
    } catch {
      throw new Refusal("network", 0);
    }
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      const wait = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
      throw new Refusal(
        typeof problem?.code === "string" ? problem.code : "",
        response.status,
        Number.isNaN(wait) ? null : wait,
      );
    }
    try {
      return await response.json();
    } catch {
      throw new Refusal("cut", response.status);
    }
  }
}
