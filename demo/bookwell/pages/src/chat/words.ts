// What the widget says of itself.

const PROBLEMS: Record<string, string> = {
  chat_disabled: "The chat is closed at the moment.",
  tenant_inactive: "The chat is closed at the moment.",
  rate_limited: "That was a lot at once. Wait a moment, then try again.",
  assistant_unavailable: "The assistant is not available at the moment.",
  network: "The server cannot be reached.",
  unauthenticated: "The chat is not set up correctly on this page.",
};

const REFUSALS: Record<string, string> = {
  date_taken: "This date has just been taken. Choose another one.",
  date_blacked_out: "This date cannot be booked. Choose another one.",
  proposal_expired: "This offer has expired. Ask again if you still want it.",
  proposal_not_pending: "This has been decided already.",
};

export const problemWords = (code: string): string => PROBLEMS[code] ?? "Something went wrong.";
export const refusalWords = (code: string): string | null => REFUSALS[code] ?? null;
