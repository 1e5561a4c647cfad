// A place on the page that loads by itself: skeleton, then the value, or the failure with Retry.

import { fill, h, icon } from "./dom.ts";
import { Failure } from "./failure.ts";

export interface Region {
  /** Loads again; the old value stays until the new one is there, unless it had failed. */
  reload(): Promise<void>;
}

/** What the assistant does changes what stands on the page; `still` is for places where somebody types. */
export const CHANGED = "bookwell:changed";

export function region(
  host: HTMLElement,
  load: () => Promise<Node[]>,
  bones: () => Node = skeleton,
  { still = false }: { still?: boolean } = {},
): Region {
  let turn = 0;
  host.classList.add("region");
  const show = async (keep: boolean): Promise<void> => {
    turn += 1;
    const mine = turn;
    const held = host.contains(document.activeElement);
    host.setAttribute("aria-busy", "true");
    if (!keep) {
      fill(host, bones());
    }
    let content: Node[];
    try {
      content = await load();
    } catch (thrown) {
      content = [failure(Failure.from(thrown), () => void show(false))];
    }
    // A slow answer must not replace that of a later question.
    if (mine !== turn) {
      return;
    }
    // Taking a node out and putting it back would take the focus out of it.
    const same =
      content.length === host.childNodes.length && content.every((node, at) => node === host.childNodes[at]);
    if (!same) {
      fill(host, ...content);
    }
    host.removeAttribute("aria-busy");
    if (held && !host.contains(document.activeElement)) {
      host.tabIndex = -1;
      host.focus();
    }
  };
  const reload = (): Promise<void> => show(host.querySelector(".failure") === null);
  if (!still) {
    document.addEventListener(CHANGED, () => {
      if (host.isConnected && !host.contains(document.activeElement)) {
        void reload();
      }
    });
  }
  void show(false);
  return { reload };
}

/** A failure in place of a value: its title, what to quote to support, and another attempt. */
export function failure(what: Failure, retry: () => void): HTMLElement {
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", { class: "title" }, icon("alert"), h("span", {}, what.title)),
    what.requestId === null ? null : h("p", { class: "id" }, "Request ", h("code", {}, what.requestId)),
    h("button", { class: "button small", type: "button", onclick: retry }, icon("retry"), "Retry"),
  );
}

export function empty(symbol: string, title: string, text: string, ...actions: Node[]): HTMLElement {
  return h(
    "div",
    { class: "empty" },
    h("div", { class: "disc" }, icon(symbol)),
    h("h2", {}, title),
    h("p", {}, text),
    ...actions,
  );
}

export function skeleton(): HTMLElement {
  return h(
    "div",
    { class: "skeleton" },
    h("span", { class: "spoken" }, "Loading"),
    h("div", { class: "bone" }),
    h("div", { class: "bone half" }),
    h("div", { class: "bone" }),
    h("div", { class: "bone short" }),
  );
}
