// A booking as the API gives it, and its status in words, colour and sign.

import { h, icon } from "./dom.ts";

export type Status = "pending" | "confirmed" | "fulfilled" | "cancelled";

export interface Booking {
  id: string;
  package: { id: string; title: string };
  customer: { name: string; email: string; phone: string | null };
  event_date: string;
  status: Status;
  price_cents: number;
  notes: string | null;
  source: "tenant" | "chat";
  cancel_reason: string | null;
  cancelled_at: string | null;
  created_at: string;
}

const STATUS: Record<Status, [label: string, look: string, symbol: string]> = {
  pending: ["Pending", "wait", "clock"],
  confirmed: ["Confirmed", "good", "check"],
  fulfilled: ["Fulfilled", "info", "flag"],
  cancelled: ["Cancelled", "bad", "close"],
};

export const statusWords = (status: Status): string => STATUS[status][0];

export function status(of: Status): HTMLElement {
  const [label, look, symbol] = STATUS[of];
  return h("span", { class: `badge ${look}` }, icon(symbol), label);
}
