// The numbers of a tenant, asked once for all who want them at the same time.

import { call } from "./client.ts";

export interface Stats {
  packages: { total: number; active: number };
  bookings: {
    total: number;
    upcoming_30d: number;
    by_status: Record<string, number>;
    by_month: { month: string; count: number }[];
  };
  blackouts: { upcoming: number };
  revenue: { this_month_cents: number; total_cents: number; currency: string };
  as_of: string;
}

let asked: Promise<Stats> | null = null;

export function stats(): Promise<Stats> {
  asked ??= call<Stats>("/api/tenant-admin/stats").finally(() => {
    asked = null;
  });
  return asked;
}

let known: string | null = null;

/** The currency of the tenant. */
export async function currency(): Promise<string> {
  known ??= (await stats()).revenue.currency;
  return known;
}
