// A message that grows while it is read out: whole sentences are added, the unfinished one is for eyes only.

export class GrowingText {
  readonly element: HTMLElement;
  readonly #tail: HTMLElement;
  #said = "";
  #rest = "";

  constructor(element: HTMLElement) {
    this.element = element;
    this.#tail = document.createElement("span");
    this.#tail.setAttribute("aria-hidden", "true");
    element.replaceChildren(this.#tail);
  }

  get text(): string {
    return this.#said + this.#rest;
  }

  add(text: string): void {
    this.#rest += text;
    const end = lastSentenceEnd(this.#rest);
    if (end > 0) {
      this.#say(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end);
    }
    this.#tail.textContent = this.#rest;
  }

  finish(): void {
    this.#say(this.#rest);
    this.#rest = "";
    this.#tail.textContent = "";
  }

  /** Adding an element is what a live region announces; changing a text is announced anew as a whole. */
  #say(text: string): void {
    if (text !== "") {
      const sentence = document.createElement("span");
      sentence.textContent = text;
      this.#tail.before(sentence);
      this.#said += text;
    }
  }
}

/** Behind the last sentence that is certainly over: its mark is followed by space. */
function lastSentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?…:]["'”’)]*\s+|\n+/g)) {
    end = match.index + match[0].length;
  }
  return end;
}
