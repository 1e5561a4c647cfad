// <bookwell-chat>: a bubble, and behind it a conversation. Everything is in a shadow tree, so that no page's style leaks in.

import { inkOn, isColour } from "../colour.ts";
import { GrowingText } from "../spoken.ts";
import { sheet } from "./style.ts";
import { type Offer, Refusal, Visit } from "./visit.ts";
import { problemWords, refusalWords } from "./words.ts";

type Child = Node | string;

export class BookwellChat extends HTMLElement {
  readonly #bubble = make(
    "button",
    { class: "bubble", type: "button", "aria-expanded": "false" },
    bubbleIcon(),
    "Chat with us",
  );
  readonly #panel = make("div", { class: "panel", role: "dialog", "aria-label": "Chat", hidden: "" });
  readonly #title = make("h2", {}, "Chat with us");
  readonly #log = make("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": "Conversation",
    tabindex: "0",
  });
  readonly #input = make("textarea", {
    rows: "1",
    maxlength: "2000",
    "aria-label": "Your message",
    placeholder: "Write a message",
    enterkeyhint: "send",
  });
  readonly #send = make("button", { class: "send", type: "submit" }, "Send");
  readonly #form = make("form", { hidden: "" }, this.#input, this.#send);
  #visit: Visit | null = null;
  #busy = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    const close = make("button", { class: "close", type: "button", "aria-label": "Close the chat" }, "×");
    this.#panel.append(make("div", { class: "head" }, this.#title, close), this.#log, this.#form);
    root.append(this.#panel, this.#bubble);
    this.#bubble.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.close());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.close();
      }
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (text !== "" && !this.#busy) {
        this.#input.value = "";
        this.#say("own", text);
        void this.#answer(text);
      }
    });
  }

  open(): void {
    this.#panel.hidden = false;
    this.#bubble.hidden = true;
    this.#bubble.setAttribute("aria-expanded", "true");
    if (this.#visit === null) {
      void this.#start();
    } else {
      this.#input.focus();
    }
  }

  close(): void {
    this.#panel.hidden = true;
    this.#bubble.hidden = false;
    this.#bubble.setAttribute("aria-expanded", "false");
    this.#bubble.focus();
  }

  /** Opens with something to say, such as the package that was looked at. */
  ask(text: string): void {
    this.#input.value = text;
    this.open();
  }

  async #start(): Promise<void> {
    const visit = new Visit(this.getAttribute("base") ?? "", this.getAttribute("tenant-key") ?? "");
    this.#log.replaceChildren(make("p", { class: "state" }, "Starting the chat…"), dots());
    this.#log.focus();
    try {
      const [greeting] = await Promise.all([visit.start(), this.#dress(visit)]);
      this.#visit = visit;
      this.#log.replaceChildren();
      this.#form.hidden = false;
      this.#say("theirs", greeting);
      this.#input.focus();
    } catch (thrown) {
      this.#log.replaceChildren(this.#problem(thrown, () => void this.#start()));
    }
  }

  /** A page that is the tenant's own says its colours itself; elsewhere the widget asks for them. */
  async #dress(visit: Visit): Promise<void> {
    if (getComputedStyle(this).getPropertyValue("--bookwell-brand") !== "") {
      return;
    }
    const host = await visit.host();
    if (host !== null && isColour(host.primary)) {
      this.#title.textContent = `Chat with ${host.name}`;
      this.style.setProperty("--bookwell-brand", host.primary);
      this.style.setProperty("--bookwell-ink", inkOn(host.primary));
    }
  }

  async #answer(text: string): Promise<void> {
    const visit = this.#visit;
    if (visit === null) {
      return;
    }
    this.#busy = true;
    const typing = make("div", { class: "message theirs" }, spoken("Typing"), dots());
    this.#append(typing);
    try {
      const reply = await visit.send(text);
      typing.remove();
      this.#say("theirs", reply.text);
      for (const offer of reply.proposals) {
        this.#append(this.#offer(visit, offer));
      }
    } catch (thrown) {
      typing.remove();
      const box = this.#problem(thrown, () => {
        box.remove();
        this.#input.focus();
        void this.#answer(text);
      });
      this.#append(box);
    }
    this.#busy = false;
  }

  /** Nothing is booked by words: this card has the only button that does it. */
  #offer(visit: Visit, offer: Offer): HTMLElement {
    const card = make("div", { class: "card", tabindex: "-1" });
    const draw = (state: string, fault: string | null): void => {
      const children: Child[] = [make("p", {}, offer.preview)];
      if (fault !== null) {
        children.push(make("p", { class: "fault", role: "alert" }, fault));
      }
      if (state === "pending") {
        const act = (label: string, verdict: "confirm" | "reject"): HTMLElement => {
          const button = make("button", { class: verdict, type: "button" }, label);
          button.addEventListener("click", () => void decide(verdict));
          return button;
        };
        children.push(
          make("div", { class: "row" }, act("Request this booking", "confirm"), act("No, thanks", "reject")),
        );
      } else {
        children.push(
          make("p", { class: `done ${state}` }, OUTCOMES[state] ?? "This has been decided already."),
        );
      }
      card.replaceChildren(...children);
    };
    let deciding = false;
    const decide = async (verdict: "confirm" | "reject"): Promise<void> => {
      if (deciding) {
        return;
      }
      deciding = true;
      try {
        const { state, error_code } = await visit.decide(offer.id, verdict);
        draw(state, state === "failed" ? refusalWords(error_code ?? "") : null);
      } catch (thrown) {
        const code = codeOf(thrown);
        const final =
          code === "proposal_expired" ? "expired" : code === "execution_failed" ? "failed" : "pending";
        draw(
          code === "proposal_not_pending" ? "decided" : final,
          refusalWords(code) ?? (final === "pending" ? wordsOf(thrown) : null),
        );
      }
      deciding = false;
      card.focus();
    };
    draw(offer.state, null);
    return card;
  }

  #problem(thrown: unknown, retry: () => void): HTMLElement {
    const box = make("div", { class: "problem", role: "alert" }, make("p", {}, wordsOf(thrown)));
    if (codeOf(thrown) !== "unauthenticated") {
      const button = make("button", { type: "button" }, "Retry");
      button.addEventListener("click", retry);
      box.append(button);
    }
    return box;
  }

  #say(who: "own" | "theirs", text: string): void {
    const body = make("span", {});
    const growing = new GrowingText(body);
    growing.add(text);
    growing.finish();
    this.#append(
      make("div", { class: `message ${who}` }, spoken(who === "own" ? "You: " : "Answer: "), body),
    );
  }

  #append(element: HTMLElement): void {
    this.#log.append(element);
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}

const OUTCOMES: Record<string, string> = {
  executed: "Booked: your request is in. You will hear from us to confirm it.",
  rejected: "Not booked.",
  expired: "Expired. Nothing was booked.",
  failed: "Not booked.",
};

function wordsOf(thrown: unknown): string {
  return thrown instanceof Refusal
    ? problemWords(thrown.code, thrown.status, thrown.retryAfter)
    : problemWords("");
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Refusal ? thrown.code : "";
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function spoken(text: string): HTMLElement {
  return make("span", { class: "spoken" }, text);
}

function dots(): HTMLElement {
  return make(
    "span",
    { class: "typing", "aria-hidden": "true" },
    make("i", {}),
    make("i", {}),
    make("i", {}),
  );
}

function bubbleIcon(): SVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(namespace, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", "M4 5h16v11H9l-5 4z");
  drawing.append(path);
  return drawing;
}
