// The log of the conversation and the line in which one writes.

import { h, icon } from "../dom.ts";
import { Failure } from "../failure.ts";
import { failure as failureBox } from "../region.ts";
import { GrowingText } from "../spoken.ts";
import type { Conversation } from "./conversation.ts";
import { ProposalCard } from "./proposal.ts";
import { errorWords, refusedWords, toolWords } from "./words.ts";

export class Chat {
  readonly log = h("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": "Conversation",
    tabindex: "0",
  });
  readonly composer: HTMLElement;
  readonly #conversation: Conversation;
  readonly #input = h("textarea", {
    class: "input",
    rows: 1,
    maxlength: 10_000,
    "aria-label": "Message to the assistant",
    placeholder: "Ask or tell me to do something",
    enterkeyhint: "send",
  });
  readonly #send = h(
    "button",
    { class: "button primary only-icon", type: "submit", "aria-label": "Send" },
    icon("send"),
  );
  #cards: ProposalCard[] = [];
  #answering: AbortController | null = null;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.composer = h(
      "form",
      {
        class: "composer",
        onsubmit: (event) => {
          event.preventDefault();
          void this.#submit();
        },
      },
      h("div", { class: "line" }, this.#input, this.#send),
      h("p", { class: "soft small" }, "Enter sends, Shift and Enter start a new line."),
    );
    this.#input.addEventListener("keydown", (event) => {
      // While an input method composes a character, Enter belongs to it.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void this.#submit();
      }
    });
    addEventListener("pagehide", () => this.#answering?.abort());
  }

  focus(): void {
    this.#input.focus();
  }

  say(who: "own" | "theirs", text: string): HTMLElement {
    const name = h("span", { class: "spoken" }, who === "own" ? "You: " : "Assistant: ");
    const message = h("div", { class: `message ${who}` }, name, text);
    this.#append(message);
    return message;
  }

  propose(card: ProposalCard): void {
    if (!this.#cards.some((known) => known.id === card.id)) {
      this.#cards.push(card);
      this.#append(card.element);
    }
  }

  async #submit(): Promise<void> {
    const text = this.#input.value.trim();
    if (text === "" || this.#answering !== null) {
      return;
    }
    this.#input.value = "";
    this.say("own", text);
    await this.#answer(text);
  }

  async #answer(text: string): Promise<void> {
    const waiting = this.#cards.filter((card) => card.waits);
    const approved = waiting.filter((card) => card.ticked).map((card) => card.id);
    this.#answering = new AbortController();
    this.#send.setAttribute("aria-disabled", "true");
    const typing = h(
      "div",
      { class: "message theirs" },
      h("span", { class: "spoken" }, "The assistant is typing"),
      dots(),
    );
    this.#append(typing);
    let growing: GrowingText | null = null;
    let problem: { title: string; requestId: string | null } | null = null;
    try {
      for await (const piece of this.#conversation.send(text, approved, this.#answering.signal)) {
        switch (piece.kind) {
          case "delta":
            growing ??= this.#grow(typing);
            growing.add(piece.text);
            this.#follow();
            break;
          case "tool":
            typing.before(
              h(
                "p",
                { class: "tool-line" },
                icon(piece.ok ? "check" : "alert"),
                toolWords(piece.name, piece.ok),
              ),
            );
            this.#follow();
            break;
          case "proposal":
            this.#place(piece.row.id, new ProposalCard(piece.row), piece.row);
            break;
          case "error":
            problem = { title: errorWords(piece.code, piece.reason), requestId: null };
            break;
          case "done":
            break;
        }
      }
    } catch (thrown) {
      const failure = Failure.from(thrown);
      problem = {
        title: refusedWords(failure),
        requestId: failure.requestId,
      };
    }
    growing?.finish();
    typing.remove();
    this.#answering = null;
    this.#send.removeAttribute("aria-disabled");
    await Promise.all(waiting.map((card) => card.refresh()));
    if (problem !== null) {
      this.#failed(text, problem);
    }
  }

  /** The answer stands where the dots were. */
  #grow(typing: HTMLElement): GrowingText {
    const body = h("span");
    typing.before(h("div", { class: "message theirs" }, h("span", { class: "spoken" }, "Assistant: "), body));
    typing.hidden = true;
    return new GrowingText(body);
  }

  #place(id: string, card: ProposalCard, row: ConstructorParameters<typeof ProposalCard>[0]): void {
    const known = this.#cards.find((one) => one.id === id);
    if (known === undefined) {
      this.propose(card);
    } else {
      known.update(row);
    }
  }

  #failed(text: string, problem: { title: string; requestId: string | null }): void {
    const failure = new Failure(problem.title.replace(/\.$/, ""), 0, "assistant", problem.requestId);
    const box = failureBox(failure, () => {
      box.remove();
      this.focus();
      void this.#answer(text);
    });
    this.#append(box);
  }

  #append(element: HTMLElement): void {
    this.log.append(element);
    this.#follow();
  }

  #follow(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function dots(): HTMLElement {
  return h("span", { class: "typing", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}
