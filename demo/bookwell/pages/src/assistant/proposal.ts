// A proposal: what would happen, why it asks, and the buttons that decide. Approval is never read from words.

import { call } from "../client.ts";
import { fill, h, icon } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy } from "../form.ts";
import { CHANGED } from "../region.ts";
import {
  failureWords,
  type Proposal,
  type ProposalState,
  proposalWords,
  reasonWords,
  tierWords,
} from "./words.ts";

const STATES: Record<ProposalState, [look: string, symbol: string, label: string]> = {
  pending: ["wait", "clock", "Waiting for you"],
  executing: ["info", "clock", "Being done"],
  executed: ["good", "check", "Done"],
  failed: ["bad", "alert", "Not done"],
  rejected: ["", "close", "Rejected"],
  expired: ["", "clock", "Expired"],
};

/** Refusals of an undo that no further attempt changes. */
const GONE = new Set(["not_found", "version_conflict"]);

const UNDONE: [look: string, symbol: string, label: string] = ["", "undo", "Taken back"];

export class ProposalCard {
  readonly element = h("div", { class: "proposal" });
  #row: Proposal;
  readonly #tick = h("input", { type: "checkbox" });
  #fault: Failure | null = null;
  #undone = false;

  /** A `past` one is of a conversation that goes on: what it did, the page shows already. */
  constructor(row: Proposal, past = false) {
    this.#row = row;
    this.#tick.checked = true;
    this.#draw();
    this.#expire();
    if (row.state === "executed" && !past) {
      document.dispatchEvent(new Event(CHANGED));
    }
  }

  get id(): string {
    return this.#row.id;
  }

  /** Waits for the next message: listed there when ticked, rejected by the server when not. */
  get waits(): boolean {
    return this.#row.tier === "T2" && this.#row.state === "pending";
  }

  get ticked(): boolean {
    return this.waits && this.#tick.checked;
  }

  update(row: Proposal): void {
    const ran = row.state === "executed" && this.#row.state !== "executed";
    this.#row = row;
    this.#draw();
    if (ran) {
      document.dispatchEvent(new Event(CHANGED));
    }
  }

  async refresh(): Promise<void> {
    try {
      this.update(await call<Proposal>(`/api/agent/proposals/${this.#row.id}`));
    } catch {
      // The next look at it tells; what stands there is still true.
    }
  }

  async #decide(verdict: "confirm" | "reject"): Promise<void> {
    this.#fault = null;
    try {
      this.update(
        await call<Proposal>(`/api/agent/proposals/${this.#row.id}/${verdict}`, { method: "POST", body: {} }),
      );
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === "proposal_expired") {
        this.update({ ...this.#row, state: "expired" });
      } else if (failure.code === "proposal_not_pending" || failure.code === "execution_failed") {
        await this.refresh();
      } else {
        this.#fault = failure;
        this.#draw();
      }
    }
  }

  #draw(): void {
    const { state, tool, tier, reason, preview, error_code } = this.#row;
    const held = this.element.contains(document.activeElement);
    const [look, symbol, label] = this.#undone ? UNDONE : STATES[state];
    this.element.classList.toggle("over", state !== "pending");
    const fault = this.#fault;
    fill(
      this.element,
      h(
        "div",
        { class: "row apart" },
        h("b", {}, proposalWords(tool)),
        h("span", { class: `badge ${look}` }, icon(symbol), label),
      ),
      h("p", {}, preview),
      h(
        "p",
        { class: "why" },
        state === "failed" ? failureWords(error_code) : `${tierWords(tier)}. ${reasonWords(reason)}`,
      ),
      state === "expired"
        ? h("p", { class: "why" }, "Nothing was changed. Ask again if you still want it.")
        : null,
      fault === null
        ? null
        : h("p", { class: "failure", role: "alert" }, `${fault.title}. Nothing has changed.`),
      state === "pending" && tier === "T2"
        ? h("label", { class: "check" }, this.#tick, "Do it with my next message")
        : null,
      state === "pending" ? this.#buttons() : null,
      state === "executed" ? this.#undo() : null,
    );
    if (held && !this.element.contains(document.activeElement)) {
      this.element.tabIndex = -1;
      this.element.focus();
    }
  }

  #buttons(): HTMLElement {
    const button = (label: string, look: string, verdict: "confirm" | "reject"): HTMLButtonElement => {
      const element = h("button", { class: `button small ${look}`, type: "button" }, label);
      element.addEventListener("click", () => void busy(element, () => this.#decide(verdict)));
      return element;
    };
    return h(
      "div",
      { class: "row" },
      button("Confirm", "primary", "confirm"),
      button("Reject", "", "reject"),
    );
  }

  /** What was done at once can be taken back. */
  #undo(): HTMLElement | null {
    const { undo } = this.#row;
    if (undo === null || undo === undefined) {
      return null;
    }
    const button = h("button", { class: "button small", type: "button" }, icon("undo"), "Undo");
    button.addEventListener(
      "click",
      () =>
        void busy(button, async () => {
          try {
            await call(undo.path, {
              method: undo.method,
              ...(undo.if_match === undefined ? {} : { version: undo.if_match }),
              ...(undo.body === undefined ? {} : { body: undo.body }),
            });
            this.#row = { ...this.#row, undo: null };
            this.#fault = null;
            this.#undone = true;
            document.dispatchEvent(new Event(CHANGED));
          } catch (thrown) {
            const failure = Failure.from(thrown);
            // What was taken back before this page was loaded looks the same to it.
            this.#fault = GONE.has(failure.code)
              ? new Failure("It was changed or taken back meanwhile", failure.status, failure.code)
              : failure;
          }
          this.#draw();
        }),
    );
    return h("div", {}, button);
  }

  #expire(): void {
    const left = Date.parse(this.#row.expires_at) - Date.now();
    // Timers count in 32 bits; what is further away than that is no matter of this page.
    if (this.#row.state !== "pending" || Number.isNaN(left) || left > 2 ** 31 - 1) {
      return;
    }
    setTimeout(
      () => {
        if (this.#row.state === "pending") {
          this.update({ ...this.#row, state: "expired" });
        }
      },
      Math.max(0, left),
    );
  }
}
