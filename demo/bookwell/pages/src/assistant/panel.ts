// The assistant's panel, on every page of a tenant.

import { fill, h, icon, must } from "../dom.ts";
import { Failure } from "../failure.ts";
import { skeleton } from "../region.ts";
import { Chat } from "./chat.ts";
import { Conversation, type Health, health } from "./conversation.ts";
import { history, isProposal } from "./history.ts";
import { ProposalCard } from "./proposal.ts";
import { unavailableWords } from "./words.ts";

/** Whether the panel stays open from page to page: the only thing that this application stores. */
const OPEN = "bookwell-assistant";

export function startAssistant(): void {
  const panel = new Panel(must<HTMLButtonElement>("#assistant-button"), must("#assistant"));
  if (sessionStorage.getItem(OPEN) === "open") {
    panel.open(false);
  }
}

class Panel {
  readonly #button: HTMLButtonElement;
  readonly #panel: HTMLElement;
  readonly #body: HTMLElement;
  readonly #conversation = new Conversation();
  #started = false;

  constructor(button: HTMLButtonElement, panel: HTMLElement) {
    this.#button = button;
    this.#panel = panel;
    this.#body = must("#assistant-body");
    button.addEventListener("click", () => this.open(true));
    must("#assistant-close").addEventListener("click", () => this.close());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.close();
      }
    });
  }

  open(takeFocus: boolean): void {
    sessionStorage.setItem(OPEN, "open");
    this.#panel.hidden = false;
    this.#button.hidden = true;
    document.body.classList.add("with-assistant");
    if (takeFocus) {
      this.#panel.focus();
    }
    if (!this.#started) {
      this.#started = true;
      void this.#load(takeFocus);
    }
  }

  close(): void {
    sessionStorage.removeItem(OPEN);
    this.#panel.hidden = true;
    this.#button.hidden = false;
    document.body.classList.remove("with-assistant");
    this.#button.focus();
  }

  async #load(takeFocus: boolean): Promise<void> {
    fill(this.#body, h("div", { class: "log", "aria-busy": "true" }, skeleton()));
    try {
      const state = await health();
      if (!state.available) {
        this.#unavailable(reasonOf(state), null);
        return;
      }
      const opened = await this.#conversation.start();
      const chat = new Chat(this.#conversation);
      fill(this.#body, chat.log, chat.composer);
      chat.say("theirs", opened.greeting);
      for (const entry of history(opened.messages, opened.proposals)) {
        if (isProposal(entry)) {
          chat.propose(new ProposalCard(entry, true));
        } else {
          chat.say(entry.author === "user" ? "own" : "theirs", entry.text);
        }
      }
      if (takeFocus) {
        chat.focus();
      }
    } catch (thrown) {
      const failure = Failure.from(thrown);
      this.#unavailable(`${failure.title}.`, failure.requestId);
    }
  }

  #unavailable(reason: string, requestId: string | null): void {
    const again = h(
      "button",
      { class: "button", type: "button", onclick: () => void this.#load(true) },
      icon("retry"),
      "Try again",
    );
    fill(
      this.#body,
      h(
        "div",
        { class: "unavailable", role: "status" },
        h("div", { class: "disc" }, icon("alert")),
        h("h3", {}, "Assistant Unavailable"),
        h("p", {}, reason),
        requestId === null ? null : h("p", { class: "small" }, "Request ", h("code", {}, requestId)),
        again,
      ),
    );
    if (this.#panel.contains(document.activeElement)) {
      again.focus();
    }
  }
}

/** The message of the server, else the reason in words. */
function reasonOf(state: Health): string {
  return state.message ?? unavailableWords(state.reason) ?? "The reason is not known.";
}
