// Event dates are days without a time or a zone: they are computed in UTC, where every day has 24 hours.

/** `2026-06-14`. */
export type Day = string;

const LONG = new Intl.DateTimeFormat("en-US", {
  weekday: "short",
  month: "short",
  day: "numeric",
  year: "numeric",
  timeZone: "UTC",
});
const FULL = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
const SHORT_MONTH = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("en-US", { timeStyle: "short" });

export const words = (day: Day): string => LONG.format(at(day));
export const fullWords = (day: Day): string => FULL.format(at(day));
export const monthWords = (day: Day): string => MONTH.format(at(day));
export const shortMonth = (day: Day): string => SHORT_MONTH.format(at(day));
export const moment = (time: string): string => MOMENT.format(new Date(time));
export const clock = (time: string): string => CLOCK.format(new Date(time));

/** Today where the business is, by which the server judges; without a business, where the browser is. */
export function today(): Day {
  return dayIn(document.body.dataset.timeZone, new Date());
}

/** The day that it is in a zone. A browser that does not know the zone takes its own. */
export function dayIn(timeZone: string | undefined, now: Date): Day {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  let zoned: Intl.DateTimeFormat;
  try {
    zoned = new Intl.DateTimeFormat("en-US", { ...parts, timeZone });
  } catch {
    zoned = new Intl.DateTimeFormat("en-US", parts);
  }
  const found = new Map(zoned.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${found.get("year")}-${found.get("month")}-${found.get("day")}`;
}

export function shifted(day: Day, days: number): Day {
  return text(at(day).getTime() + days * DAY);
}

/** The same day of another month, or that month's last. */
export function shiftedMonths(day: Day, months: number): Day {
  const date = at(day);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  return text(first + (Math.min(date.getUTCDate(), length) - 1) * DAY);
}

export const firstOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`;
export const weekday = (day: Day): number => at(day).getUTCDay();
export const dayOfMonth = (day: Day): number => at(day).getUTCDate();

function at(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

function text(milliseconds: number): Day {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

const DAY = 86_400_000;
