// The session is over while somebody works: sign in again in place, so that input and place are kept.

import { refusal, signIn } from "./auth.ts";
import { openDialog } from "./dialog.ts";
import { h } from "./dom.ts";
import { busy, Form } from "./form.ts";
import { viewer } from "./viewer.ts";

let asking: Promise<boolean> | null = null;

/** Asks once for all calls that were refused; false where the person declined. */
export function askToSignIn(): Promise<boolean> {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

function ask(): Promise<boolean> {
  const { email, impersonating } = viewer();
  const back = impersonating ? "/admin/tenants" : location.pathname + location.search;
  const elsewhere = `/login?callbackUrl=${encodeURIComponent(back)}`;
  return new Promise((resolve) => {
    let signedIn = false;
    const form = new Form([
      {
        name: "email",
        label: "E-mail",
        kind: "email",
        value: email,
        readonly: true,
        autocomplete: "username",
      },
      { name: "password", label: "Password", kind: "password", autocomplete: "current-password" },
    ]);
    const submit = h("button", { class: "button primary", type: "submit" }, "Sign in and continue");
    const dialog = openDialog({
      title: "Your session has expired",
      narrow: true,
      onclose: () => resolve(signedIn),
    });
    form.element.append(
      h(
        "div",
        { class: "form-actions" },
        h("a", { class: "button quiet", href: elsewhere }, "Use another account"),
        submit,
      ),
    );
    form.onsubmit = () =>
      busy(submit, async () => {
        const result = await signIn(email, form.text("password"), back);
        if (result.outcome !== "signed_in") {
          const { title, text } = refusal(result);
          form.fail(title, text);
          return;
        }
        if (impersonating) {
          // The new session is the administrator's own: what was refused belonged to the tenant.
          location.assign("/admin/tenants");
          return;
        }
        signedIn = true;
        dialog.close();
      });
    dialog.fill(
      h("p", { class: "soft" }, "Sign in again to go on. What you have entered is kept."),
      form.element,
    );
    form.focus("password");
  });
}
