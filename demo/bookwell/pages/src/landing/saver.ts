// Keeps the draft on the server equal to what is on the screen, and never overwrites what somebody else wrote.

import { call } from "../client.ts";
import { Failure } from "../failure.ts";
import { type Fault, faults } from "./check.ts";
import type { LandingDocument } from "./schema.ts";

export interface Stored {
  published: LandingDocument | null;
  draft: LandingDocument | null;
  version: number;
  draft_updated_at: string | null;
  published_at: string | null;
}

export type State =
  | { name: "saved" }
  | { name: "unsaved" }
  | { name: "saving" }
  | { name: "invalid"; faults: Fault[] }
  | { name: "failed"; failure: Failure }
  | { name: "conflict" };

export const PAGE = "/api/tenant/landing-page";
const DRAFT = "/api/tenant-admin/landing-page/draft";
const PUBLISH = "/api/tenant-admin/landing-page/publish";

/** Typing has paused. */
const PAUSE = 900;

export class Saver {
  readonly #document: () => LandingDocument;
  readonly #show: (state: State) => void;
  stored: Stored;
  #state: State = { name: "saved" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;

  constructor(stored: Stored, document: () => LandingDocument, show: (state: State) => void) {
    this.stored = stored;
    this.#document = document;
    this.#show = show;
  }

  get settled(): boolean {
    return this.#state.name === "saved";
  }

  touched(): void {
    clearTimeout(this.#timer);
    const found = faults(this.#document());
    if (found.length > 0) {
      this.#to({ name: "invalid", faults: found });
      return;
    }
    this.#to({ name: "unsaved" });
    this.#timer = setTimeout(() => void this.save(), PAUSE);
  }

  /** One save at a time; what was typed meanwhile is saved afterwards. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    if (this.#state.name === "saved" || this.#state.name === "invalid") {
      return;
    }
    this.#saving = this.#save().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #save(): Promise<void> {
    const document = this.#document();
    const text = JSON.stringify(document);
    this.#to({ name: "saving" });
    try {
      this.stored = await call<Stored>(DRAFT, {
        method: "PUT",
        body: document,
        version: this.stored.version,
      });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      this.#to(failure.code === "version_conflict" ? { name: "conflict" } : { name: "failed", failure });
      return;
    }
    if (JSON.stringify(this.#document()) === text) {
      this.#to({ name: "saved" });
    } else {
      this.touched();
    }
  }

  /** Takes the version of whoever was faster, and writes over it: the person has chosen so. */
  async keepMine(): Promise<void> {
    try {
      const { version } = await call<Stored>(PAGE);
      this.stored = { ...this.stored, version };
    } catch (thrown) {
      this.#to({ name: "failed", failure: Failure.from(thrown) });
      return;
    }
    this.#to({ name: "unsaved" });
    await this.save();
  }

  async publish(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    const { version } = this.stored;
    // What is not saved yet is saved and published in one step.
    this.stored = this.settled
      ? await call<Stored>(PUBLISH, { method: "POST", version })
      : await call<Stored>(PAGE, { method: "PUT", body: this.#document(), version });
    this.#to({ name: "saved" });
  }

  async discard(): Promise<Stored> {
    clearTimeout(this.#timer);
    await this.#saving;
    await call(DRAFT, { method: "DELETE", version: this.stored.version });
    this.stored = await call<Stored>(PAGE);
    this.#to({ name: "saved" });
    return this.stored;
  }

  #to(state: State): void {
    this.#state = state;
    this.#show(state);
  }
}
