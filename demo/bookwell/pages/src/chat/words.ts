// What the widget says of itself.

const PROBLEMS: Record<string, string> = {
  chat_disabled: "The chat is closed at the moment.",
  tenant_inactive: "The chat is closed at the moment.",
  rate_limited: "That was a lot at once. Wait a moment, then try again.",
  assistant_unavailable: "The assistant is not available at the moment.",
  cut: "The connection broke off before the answer was complete.",
  network: "The server cannot be reached.",
  unauthenticated: "The chat is not set up correctly on this page.",
};

const REFUSALS: Record<string, string> = {
  date_taken: "This date has just been taken. Choose another one.",
  date_blacked_out: "This date cannot be booked. Choose another one.",
  proposal_expired: "This offer has expired. Ask again if you still want it.",
  proposal_not_pending: "This has been decided already.",
};

/** What went wrong: by its code, else by its status, so that the owner of the page can tell them apart. */
export function problemWords(code: string, status = 0, retryAfter: number | null = null): string {
  if (status === 429 && retryAfter !== null && retryAfter > 0) {
    return `That was a lot at once. Try again in ${retryAfter === 1 ? "a second" : `${retryAfter} seconds`}.`;
  }
  const known = PROBLEMS[code];
  if (known !== undefined) {
    return known;
  }
  if (status === 401 || status === 403) {
    return `The chat is not allowed on this page (status ${status}).`;
  }
  if (status >= 500) {
    return `The chat has a fault on its side (status ${status}). Try again in a moment.`;
  }
  return status === 0 ? "Something went wrong." : `Something went wrong (status ${status}).`;
}
export const refusalWords = (code: string): string | null => REFUSALS[code] ?? null;
