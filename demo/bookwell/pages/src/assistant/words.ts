// What codes of the assistant mean, in words.

import type { Failure } from "../failure.ts";

export type ProposalState = "pending" | "executing" | "executed" | "failed" | "rejected" | "expired";

export interface Proposal {
  id: string;
  tool: string;
  tier: "T1" | "T2" | "T3";
  reason: string;
  /** One sentence. */
  preview: string;
  state: ProposalState;
  expires_at: string;
  created_at: string;
  error_code?: string | null;
  undo?: {
    method: "DELETE" | "POST" | "PUT";
    path: string;
    if_match?: number | string;
    body?: unknown;
  } | null;
}

const REASONS: Record<string, string> = {
  reversible: "It can be taken back at any time.",
  adds_content: "It adds something that customers will see.",
  changes_content: "It changes a text that customers see.",
  small_price_change: "It changes a price a little.",
  large_price_change: "It changes a price by a lot, so it needs your explicit yes.",
  creates_booking: "It books a date for a customer, so it needs your explicit yes.",
  cancels_booking: "It cancels a customer’s booking, so it needs your explicit yes.",
  deletes_content: "It deletes something for good, so it needs your explicit yes.",
  publishes: "It makes the page public, so it needs your explicit yes.",
};

const TIERS: Record<Proposal["tier"], string> = {
  T1: "Done at once",
  T2: "Done with your next message",
  T3: "Needs your confirmation",
};

const UNAVAILABLE: Record<string, string> = {
  not_configured: "No provider is set up for the assistant.",
  provider_unreachable: "The assistant’s provider cannot be reached.",
  provider_unauthorized: "The provider refuses the key that is set up.",
  provider_timeout: "The provider does not answer in time.",
  rate_limited: "The provider takes no more requests for the moment.",
  context_unavailable: "Your business data cannot be read at the moment.",
};

const ERRORS: Record<string, string> = {
  ...UNAVAILABLE,
  assistant_unavailable: "The assistant is not available at the moment. Your message is kept.",
  cut: "The connection broke off before the answer was complete.",
  internal: "The answer broke off by a fault of the server.",
  session_ended: "Your session has ended.",
};

const TOOLS: Record<string, string> = {
  list_packages: "Looked at your packages",
  list_bookings: "Looked at your bookings",
  check_date: "Checked the date",
  read_landing_page: "Read your landing page",
  read_stats: "Looked at your numbers",
  add_blackout: "Blackout date",
  save_branding: "Branding draft",
  save_landing_draft: "Landing-page draft",
  create_package: "New package",
  edit_package: "Change of a package",
  change_price: "Change of a price",
  delete_package: "Deletion of a package",
  create_booking: "New booking",
  cancel_booking: "Cancellation",
  publish_landing_page: "Publication of the page",
};

const FAILURES: Record<string, string> = {
  date_taken: "The date is taken by now.",
  date_booked: "The date is booked.",
  date_blacked_out: "The date is blacked out.",
  wrong_status: "The booking has changed meanwhile.",
  version_conflict: "It has been changed meanwhile.",
  package_in_use: "The package has bookings.",
  not_found: "It does not exist any more.",
};

export const reasonWords = (reason: string): string => REASONS[reason] ?? humane(reason);
export const tierWords = (tier: Proposal["tier"]): string => TIERS[tier];
export const unavailableWords = (reason: string | null): string | null =>
  reason === null ? null : (UNAVAILABLE[reason] ?? humane(reason));
/** What ended an answer; the reason says more than the code, where there is one. */
export const errorWords = (code: string, reason: string | null = null): string =>
  UNAVAILABLE[reason ?? ""] ?? ERRORS[code] ?? "The answer broke off.";

/** Why there is no answer at all. */
export function refusedWords({ code, status, title, retryAfter }: Refused): string {
  if (code === "assistant_unavailable") {
    return errorWords(code);
  }
  if (status === 429 && retryAfter !== null && retryAfter > 0) {
    return `Too many messages at once; try again in ${retryAfter === 1 ? "a second" : `${retryAfter} seconds`}`;
  }
  return status >= 500 ? `${title} (status ${status})` : title;
}

type Refused = Pick<Failure, "code" | "status" | "title" | "retryAfter">;
export const failureWords = (code: string | null | undefined): string =>
  FAILURES[code ?? ""] ?? "It could not be done.";

export const proposalWords = (tool: string): string => TOOLS[tool] ?? humane(tool).replace(/\.$/, "");

export function toolWords(name: string, ok: boolean): string {
  const words = proposalWords(name);
  return ok ? words : `${words}: not possible`;
}

function humane(code: string): string {
  const words = code.replace(/_/g, " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
