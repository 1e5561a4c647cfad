// What every signed-in page has: the menu on phones, signing out, the banner of an impersonation, the offline notice.

import { signOut } from "./auth.ts";
import { startBanner } from "./banner.ts";
import { open } from "./client.ts";
import { told } from "./dialog.ts";
import { Failure } from "./failure.ts";
import { busy } from "./form.ts";

export function startShell(): void {
  menu();
  offline();
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-sign-out]")) {
    button.addEventListener("click", () => void busy(button, leave));
  }
  startBanner(open);
}

async function leave(): Promise<void> {
  if (await signOut()) {
    sessionStorage.clear();
    location.assign("/login");
    return;
  }
  await told("You are still signed in", Failure.network());
}

function menu(): void {
  const button = document.querySelector<HTMLButtonElement>("#menu-button");
  const drawer = document.querySelector<HTMLElement>("#drawer");
  if (button === null || drawer === null) {
    return;
  }
  const show = (open: boolean): void => {
    drawer.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
      show(false);
      button.focus();
    }
  });
}

function offline(): void {
  const bar = document.querySelector<HTMLElement>("#offline");
  if (bar === null) {
    return;
  }
  const show = (): void => {
    bar.hidden = navigator.onLine;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
