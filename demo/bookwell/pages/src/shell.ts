// What every signed-in page has: the menu on phones, signing out, the end of an impersonation, the offline notice.

import { signOut } from "./auth.ts";
import { call } from "./client.ts";
import { clock } from "./dates.ts";
import { told } from "./dialog.ts";
import { Failure } from "./failure.ts";
import { busy } from "./form.ts";

export function startShell(): void {
  menu();
  offline();
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-sign-out]")) {
    button.addEventListener("click", () => void busy(button, leave));
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-stop-impersonation]")) {
    button.addEventListener("click", () => void busy(button, stopImpersonation));
  }
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-clock]")) {
    time.textContent = clock(time.dateTime);
  }
}

async function leave(): Promise<void> {
  if (await signOut()) {
    location.assign("/login");
    return;
  }
  await told("You are still signed in", Failure.network());
}

async function stopImpersonation(): Promise<void> {
  try {
    const { location: next } = await call<{ location: string }>("/admin/impersonation/stop", {
      method: "POST",
      body: {},
    });
    location.assign(next);
  } catch (thrown) {
    await told("You are still working as the tenant", Failure.from(thrown));
  }
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
