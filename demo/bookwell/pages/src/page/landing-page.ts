// The landing-page editor: pages, sections, draft and preview.

import { call } from "../client.ts";
import { moment } from "../dates.ts";
import { confirmed, openDialog, told } from "../dialog.ts";
import { fill, h, icon, must, unique } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy } from "../form.ts";
import { Preview } from "../landing/preview.ts";
import { PAGE, Saver, type State, type Stored } from "../landing/saver.ts";
import { completed, type LandingDocument, PAGES } from "../landing/schema.ts";
import { SectionEditor } from "../landing/section-editor.ts";
import { notice } from "../notice.ts";
import { region, skeleton } from "../region.ts";

export function landingPage(): void {
  const preview = new Preview(must("#preview"));
  let editor: Editor | null = null;
  const load = async (): Promise<Node[]> => {
    const stored = await call<Stored>(PAGE);
    editor = new Editor(stored, preview, () => void place.reload());
    return editor.content;
  };
  const place = region(must("#editor"), load, skeleton, { still: true });
  addEventListener("beforeunload", (event) => {
    if (editor?.settled === false) {
      event.preventDefault();
    }
  });
}

class Editor {
  readonly content: Node[];
  readonly #preview: Preview;
  readonly #reload: () => void;
  readonly #banner = h("div", { class: "callout wait", hidden: true });
  readonly #state = h("div", { class: "save-state", role: "status" });
  readonly #pages = h("div", { class: "page-list", role: "group", "aria-label": "Pages" });
  readonly #sections: SectionEditor;
  readonly #saver: Saver;
  #document: LandingDocument;
  #page = "home";

  constructor(stored: Stored, preview: Preview, reload: () => void) {
    this.#preview = preview;
    this.#reload = reload;
    this.#document = completed(structuredClone(stored.draft ?? stored.published));
    this.#saver = new Saver(
      stored,
      () => this.#document,
      (state) => this.#show(state),
    );
    this.#sections = new SectionEditor(() => this.#changed());
    this.content = [
      this.#banner,
      h(
        "section",
        { class: "card stack", "aria-labelledby": "pages-heading" },
        h("div", { class: "row apart" }, h("h2", { id: "pages-heading" }, "Pages"), this.#state),
        this.#pages,
      ),
      h(
        "section",
        { class: "card stack", "aria-labelledby": "sections-heading" },
        h("h2", { id: "sections-heading" }, "Sections"),
        this.#sections.element,
      ),
    ];
    this.#show({ name: "saved" });
    this.#choose("home");
  }

  get settled(): boolean {
    return this.#saver.settled;
  }

  #changed(): void {
    this.#saver.touched();
    this.#preview.draw(this.#document, this.#page);
  }

  #choose(page: string): void {
    this.#page = page;
    this.#drawPages();
    const chosen = this.#document.pages[page];
    if (chosen !== undefined) {
      this.#sections.show(page, chosen);
    }
    this.#preview.draw(this.#document, page);
  }

  #drawPages(): void {
    fill(
      this.#pages,
      ...PAGES.map(([name, label]) => {
        const page = this.#document.pages[name];
        const choose = h(
          "button",
          { type: "button", "aria-pressed": String(name === this.#page), id: unique("page") },
          label,
        );
        choose.addEventListener("click", () => {
          this.#choose(name);
          this.#pages.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
        });
        const on = h("input", {
          class: "switch",
          type: "checkbox",
          role: "switch",
          "aria-label": name === "home" ? "Home is always shown" : `Show ${label}`,
          disabled: name === "home",
        });
        on.checked = page?.enabled ?? false;
        on.addEventListener("change", () => {
          if (page !== undefined) {
            page.enabled = on.checked;
            this.#changed();
          }
        });
        return h("div", { class: name === this.#page ? "page-choice chosen" : "page-choice" }, choose, on);
      }),
    );
  }

  #show(state: State): void {
    this.#sections?.mark(state.name === "invalid" ? state.faults : []);
    this.#state.classList.toggle(
      "bad",
      state.name === "invalid" || state.name === "failed" || state.name === "conflict",
    );
    fill(this.#state, ...this.#words(state));
    if (state.name === "conflict") {
      this.#askAboutConflict();
    }
    this.#drawBanner(state);
  }

  #words(state: State): Node[] {
    const text = (symbol: string, words: string): Node[] => [icon(symbol), h("span", {}, words)];
    const retry = (): HTMLElement =>
      h(
        "button",
        { class: "button small", type: "button", onclick: () => void this.#saver.save() },
        icon("retry"),
        "Retry",
      );
    switch (state.name) {
      case "saved":
        return text("check", "Saved");
      case "unsaved":
        return text("clock", "Not saved yet");
      case "saving":
        return text("clock", "Saving…");
      case "invalid":
        return text("alert", `Not saved: ${state.faults[0]?.message ?? "something is wrong"}`);
      case "failed":
        return [...text("alert", `Not saved: ${state.failure.title}`), retry()];
      case "conflict":
        return text("alert", "Not saved: somebody else has changed this page");
    }
  }

  #drawBanner(state: State): void {
    const { draft, published, draft_updated_at } = this.#saver.stored;
    const pending = draft !== null || state.name !== "saved" || published === null;
    this.#banner.hidden = !pending;
    if (!pending || this.#banner.contains(document.activeElement)) {
      return;
    }
    const since = draft_updated_at === null ? "" : ` Last saved ${moment(draft_updated_at)}.`;
    const publish = h("button", { class: "button primary small", type: "button" }, "Publish");
    publish.addEventListener("click", () => void busy(publish, () => this.#publish()));
    const discard = h("button", { class: "button small", type: "button" }, "Discard draft");
    discard.addEventListener("click", () => void busy(discard, () => this.#discard()));
    fill(
      this.#banner,
      icon("edit"),
      h(
        "div",
        { class: "stack tight" },
        h(
          "p",
          {},
          published === null
            ? "Nothing is published yet: visitors see your packages only."
            : `You are editing a draft: visitors still see the published page.${since}`,
        ),
        h("div", { class: "row" }, publish, draft === null ? null : discard),
      ),
    );
  }

  async #publish(): Promise<void> {
    try {
      await this.#saver.publish();
      notice("The page is published");
      must("main").focus();
      this.#drawBanner({ name: "saved" });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === "version_conflict") {
        this.#askAboutConflict();
      } else {
        await told("The page has not been published", failure);
      }
    }
  }

  async #discard(): Promise<void> {
    const sure = await confirmed({
      title: "Discard the draft?",
      text: "The published page stays as it is. What you changed since is lost.",
      action: "Discard draft",
    });
    if (!sure) {
      return;
    }
    try {
      const stored = await this.#saver.discard();
      this.#document = completed(structuredClone(stored.published));
      must("main").focus();
      this.#choose(this.#page);
      this.#drawBanner({ name: "saved" });
      notice("The draft has been discarded");
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === "version_conflict") {
        this.#askAboutConflict();
      } else {
        await told("The draft is still there", failure);
      }
    }
  }

  #askAboutConflict(): void {
    const dialog = openDialog({ title: "Somebody else has changed this page", narrow: true });
    const theirs = h("button", { class: "button", type: "button" }, "Load their version");
    theirs.addEventListener("click", () => {
      dialog.close();
      this.#reload();
    });
    const mine = h("button", { class: "button primary", type: "button" }, "Keep mine");
    mine.addEventListener("click", () => {
      dialog.close();
      void this.#saver.keepMine();
    });
    dialog.fill(
      h(
        "p",
        {},
        "While you were editing, another version was saved. Nothing of yours has been written over it.",
      ),
      h(
        "p",
        { class: "soft" },
        "Load theirs and lose what you changed here, or keep yours and replace theirs.",
      ),
      h("div", { class: "form-actions" }, theirs, mine),
    );
  }
}
