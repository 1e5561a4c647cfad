// The one script that a page embeds: <script src="https://host/embed/bookwell-chat.js" data-tenant-key="pk_live_…" defer></script>

import { BookwellChat } from "./element.ts";

const script = document.currentScript;

if (customElements.get("bookwell-chat") === undefined) {
  customElements.define("bookwell-chat", BookwellChat);
}

if (script instanceof HTMLScriptElement && script.dataset.tenantKey !== undefined) {
  // The API is where the script came from, on whatever site it stands.
  const { origin } = new URL(script.src);
  const place = document.querySelector("bookwell-chat") ?? document.createElement("bookwell-chat");
  place.setAttribute("base", origin);
  place.setAttribute("tenant-key", script.dataset.tenantKey);
  if (!place.isConnected) {
    document.body.append(place);
  }
  document.addEventListener("click", (event) => {
    const asked =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-bookwell-ask]") : null;
    if (asked !== null && place instanceof BookwellChat) {
      event.preventDefault();
      place.ask(asked.dataset.bookwellAsk ?? "");
    }
  });
}
