// What visitors will see: drawn by the server with the template of the storefront, in a tree of its own.

import { open } from "../client.ts";
import { fill, h } from "../dom.ts";
import { Failure } from "../failure.ts";
import { failure } from "../region.ts";
import type { LandingDocument } from "./schema.ts";

const PAUSE = 350;

export class Preview {
  readonly #host: HTMLElement;
  readonly #sheets: HTMLLinkElement[];
  readonly #content = h("div", { class: "storefront" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(host: HTMLElement) {
    this.#host = host;
    const root = host.attachShadow({ mode: "open" });
    const sheets = [host.dataset.theme, host.dataset.sheet].filter((href) => href !== undefined);
    this.#sheets = sheets.map((href) => h("link", { rel: "stylesheet", href }));
    root.append(...this.#sheets, this.#content);
  }

  draw(document: LandingDocument, page: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw(document, page), this.#turn === 0 ? 0 : PAUSE);
  }

  async #draw(document: LandingDocument, page: string): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const response = await open("/tenant/landing-page/preview", {
        method: "POST",
        body: { page, document },
        accept: "text/html",
      });
      const markup = await response.text();
      if (turn === this.#turn) {
        // The template has escaped every text, and no script of a parsed document runs.
        const parsed = new DOMParser().parseFromString(markup, "text/html");
        fill(this.#content, ...parsed.body.childNodes);
      }
    } catch (thrown) {
      if (turn === this.#turn) {
        const retry = (): void => {
          fill(this.#host);
          this.#host.shadowRoot?.replaceChildren(...this.#sheets, this.#content);
          void this.#draw(document, page);
        };
        this.#host.shadowRoot?.replaceChildren(h("slot"));
        fill(this.#host, failure(Failure.from(thrown), retry));
      }
    }
  }
}
