// Modal dialogs on the element that brings focus, Escape and the way back.

import { fill, h, icon, unique } from "./dom.ts";
import type { Failure } from "./failure.ts";

export interface Dialog {
  element: HTMLDialogElement;
  fill(...content: Node[]): void;
  close(): void;
}

export function openDialog(options: { title: string; narrow?: boolean; onclose?: () => void }): Dialog {
  const heading = unique("dialog");
  const before = document.activeElement;
  const body = h("div", { class: "dialog-body" });
  const element = h(
    "dialog",
    { class: options.narrow ? "narrow" : null, "aria-labelledby": heading },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: heading }, options.title),
      h(
        "button",
        {
          class: "button quiet small only-icon",
          type: "button",
          "aria-label": "Close",
          onclick: () => element.close(),
        },
        icon("close"),
      ),
    ),
    body,
  );
  element.addEventListener("close", () => {
    element.remove();
    // The browser gives the focus back, unless the element that had it was drawn anew.
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus();
    } else {
      document.querySelector<HTMLElement>("main")?.focus();
    }
    options.onclose?.();
  });
  document.body.append(element);
  element.showModal();
  return {
    element,
    fill: (...content) => fill(body, ...content),
    close: () => element.close(),
  };
}

/** Asks before something that cannot be taken back. */
export function confirmed(options: {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
}): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = openDialog({ title: options.title, narrow: true, onclose: () => resolve(answer) });
    const cancel = h("button", { class: "button", type: "button", onclick: dialog.close }, "Cancel");
    const act = h(
      "button",
      {
        class: options.danger === false ? "button primary" : "button danger",
        type: "button",
        onclick: () => {
          answer = true;
          dialog.close();
        },
      },
      options.action,
    );
    dialog.fill(h("p", {}, options.text), h("div", { class: "form-actions" }, cancel, act));
    cancel.focus();
  });
}

/** Says that something has not been done, and why. */
export function told(title: string, failure: Failure): Promise<void> {
  return new Promise((resolve) => {
    const dialog = openDialog({ title, narrow: true, onclose: resolve });
    const close = h("button", { class: "button", type: "button", onclick: dialog.close }, "Close");
    dialog.fill(
      h("p", {}, `${failure.title}.`),
      failure.requestId === null
        ? h("p", { class: "small soft" }, "Try again shortly.")
        : h("p", { class: "small soft" }, "Request ", h("code", {}, failure.requestId)),
      h("div", { class: "form-actions" }, close),
    );
    close.focus();
  });
}
