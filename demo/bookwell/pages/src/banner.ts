// The banner of an impersonation: when it ends, and the way out. It stands on every page, the storefront too.

import type { Call } from "./client.ts";
import { clock } from "./dates.ts";
import { fill, h } from "./dom.ts";
import { Failure } from "./failure.ts";
import { busy } from "./form.ts";

/** `ask` throws where the answer is a refusal. */
export function startBanner(ask: (path: string, options: Call) => Promise<Response>): void {
  const banner = document.querySelector<HTMLElement>("#banner");
  if (banner === null) {
    return;
  }
  for (const time of banner.querySelectorAll<HTMLTimeElement>("time[data-clock]")) {
    time.textContent = clock(time.dateTime);
  }
  const trouble = h("p", { class: "banner-trouble", role: "alert", hidden: true });
  banner.append(trouble);
  const stop = async (): Promise<void> => {
    trouble.hidden = true;
    try {
      const answer = await ask("/admin/impersonation/stop", { method: "POST", body: {} });
      const { location: next } = (await answer.json()) as { location: string };
      location.assign(next);
    } catch (thrown) {
      fill(trouble, ...words(Failure.from(thrown)));
      trouble.hidden = false;
    }
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-stop-impersonation]")) {
    button.addEventListener("click", () => void busy(button, stop));
  }
}

/** Where even the session is refused, the administration asks to sign in again. */
function words(failure: Failure): (Node | string)[] {
  const id = failure.requestId;
  return [
    `You still work as the tenant: ${failure.title}. `,
    ...(id === null ? [] : ["Request ", h("code", {}, id), ". "]),
    "Try again, or go to ",
    h("a", { href: "/admin/tenants" }, "the administration"),
    ".",
  ];
}
