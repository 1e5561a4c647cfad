// Signing in and out by the endpoints of Auth.js, without a library.

export type SignIn =
  | { outcome: "signed_in"; url: string }
  | { outcome: "wrong_credentials" }
  | { outcome: "rate_limited"; seconds: number | null }
  | { outcome: "unavailable" };

export async function signIn(email: string, password: string, callbackUrl: string): Promise<SignIn> {
  try {
    const response = await post("callback/credentials", { email, password, callbackUrl });
    const waiting = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    const seconds = Number.isNaN(waiting) ? null : waiting;
    if (response.status === 429) {
      return { outcome: "rate_limited", seconds };
    }
    if (!response.ok) {
      return { outcome: "unavailable" };
    }
    const { url } = (await response.json()) as { url: string };
    const { searchParams } = new URL(url, location.href);
    if (!searchParams.has("error")) {
      return { outcome: "signed_in", url };
    }
    // The kind of error says only that nobody was signed in; the code says why.
    switch (searchParams.get("code")) {
      case "credentials":
        return { outcome: "wrong_credentials" };
      case "rate_limited":
        return { outcome: "rate_limited", seconds };
      default:
        return { outcome: "unavailable" };
    }
  } catch {
    return { outcome: "unavailable" };
  }
}

/** Whether the session is over. */
export async function signOut(): Promise<boolean> {
  try {
    const response = await post("signout", { callbackUrl: "/login" });
    // Whoever leaves the page before the answer is read aborts the request.
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

/** What went wrong, in words; each cause has a text of its own. */
export function refusal(result: Exclude<SignIn, { outcome: "signed_in" }>): { title: string; text: string } {
  switch (result.outcome) {
    case "wrong_credentials":
      return {
        title: "The e-mail or the password is wrong",
        text: "Check both and try again. Passwords distinguish capital and small letters.",
      };
    case "rate_limited":
      return { title: "Too many attempts", text: `Wait ${waiting(result.seconds)}, then try again.` };
    case "unavailable":
      return {
        title: "Signing in is not possible at the moment",
        text: "The service does not answer. What you typed is kept; try again shortly.",
      };
  }
}

function waiting(seconds: number | null): string {
  if (seconds === null) {
    return "a few minutes";
  }
  if (seconds < 90) {
    return seconds === 1 ? "1 second" : `${seconds} seconds`;
  }
  return `${Math.ceil(seconds / 60)} minutes`;
}

async function post(action: string, fields: Record<string, string>): Promise<Response> {
  const csrf = await fetch("/api/auth/csrf", { cache: "no-store" });
  if (!csrf.ok) {
    return csrf;
  }
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  return fetch(`/api/auth/${action}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-auth-return-redirect": "1" },
    body: new URLSearchParams({ ...fields, csrfToken }),
  });
}
