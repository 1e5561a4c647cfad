// The sign-in page.

import { refusal, signIn } from "../auth.ts";
import { fill, h, must } from "../dom.ts";
import { busy } from "../form.ts";

export function signInPage(): void {
  const form = must<HTMLFormElement>("#sign-in");
  const email = must<HTMLInputElement>("#email");
  const password = must<HTMLInputElement>("#password");
  const submit = must<HTMLButtonElement>("#submit");
  const summary = must("#summary");

  const refuse = (title: string, text: string, wrong: HTMLInputElement[]): void => {
    for (const input of [email, password]) {
      if (wrong.includes(input)) {
        input.setAttribute("aria-invalid", "true");
      } else {
        input.removeAttribute("aria-invalid");
      }
    }
    fill(summary, h("strong", {}, title), h("p", {}, text));
    summary.hidden = false;
    summary.focus();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    summary.hidden = true;
    const missing = [email, password].filter((input) => input.value === "");
    if (missing.length > 0) {
      refuse("Enter your e-mail and your password", "Both are needed to sign in.", missing);
      return;
    }
    void busy(submit, async () => {
      const result = await signIn(email.value.trim(), password.value, form.dataset.callbackUrl ?? "/");
      if (result.outcome !== "signed_in") {
        const { title, text } = refusal(result);
        refuse(title, text, result.outcome === "wrong_credentials" ? [email, password] : []);
        return;
      }
      const target = new URL(result.url, location.href);
      // Where the way back is not ours, the start page decides.
      location.assign(target.origin === location.origin ? target.href : "/");
    });
  });

  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-demo-email]")) {
    button.addEventListener("click", () => {
      email.value = button.dataset.demoEmail ?? "";
      password.value = button.dataset.demoPassword ?? "";
      if (password.value === "") {
        password.focus();
      } else {
        form.requestSubmit(submit);
      }
    });
  }

  const show = must<HTMLButtonElement>("#show-password");
  show.addEventListener("click", () => {
    const hidden = password.type === "password";
    password.type = hidden ? "text" : "password";
    show.setAttribute("aria-pressed", String(hidden));
  });
}
