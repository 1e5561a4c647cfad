// Bookings: a table and a calendar over the same rows.

import { type Booking, type Status, status, statusWords } from "../booking.ts";
import { Calendar, type Mark } from "../calendar.ts";
import { all, call, type List } from "../client.ts";
import { type Day, shifted, shiftedMonths, today, words } from "../dates.ts";
import { fill, h, must } from "../dom.ts";
import { Failure } from "../failure.ts";
import { money } from "../money.ts";
import { empty, failure, region } from "../region.ts";
import { currency, stats } from "../stats.ts";
import { bookingDetail } from "./booking-detail.ts";
import { newBooking } from "./booking-form.ts";

const PATH = "/api/tenant-admin/bookings";

const filter = { status: "", from: "", to: "" };
let reload: () => void = () => {};

export function bookingsPage(): void {
  // What has passed is history; one begins with what comes.
  filter.from = today();
  const place = must("#bookings");
  const table = must<HTMLButtonElement>("#as-table");
  const calendar = must<HTMLButtonElement>("#as-calendar");
  const show = (asCalendar: boolean): void => {
    table.setAttribute("aria-pressed", String(!asCalendar));
    calendar.setAttribute("aria-pressed", String(asCalendar));
    must("#filters").hidden = asCalendar;
    // A fresh place for each view: an answer for the other one finds nobody.
    const host = h("div");
    place.replaceChildren(host);
    reload = asCalendar ? asMonth(host) : asTable(host);
  };
  table.addEventListener("click", () => show(false));
  calendar.addEventListener("click", () => show(true));
  for (const name of ["status", "from", "to"] as const) {
    const input = must<HTMLInputElement>(`#filter-${name}`);
    input.value = filter[name];
    input.addEventListener("change", () => {
      filter[name] = input.value;
      reload();
    });
  }
  must("#new-booking").addEventListener("click", () => newBooking(null, changed));
  show(false);
  if (new URLSearchParams(location.search).has("new")) {
    newBooking(null, changed);
  }
}

function changed(): void {
  reload();
}

function asTable(host: HTMLElement): () => void {
  const rows = region(host, async () => {
    const [first, unit] = await Promise.all([call<List<Booking>>(address(null)), currency()]);
    if (first.items.length === 0) {
      const { bookings } = await stats();
      return [nothing(bookings.total > 0)];
    }
    const body = h("tbody", {}, ...first.items.map((row) => line(row, unit)));
    const more = h("div", { class: "more" });
    offerMore(more, body, first.next_cursor, unit);
    return [tableOf(body), more];
  });
  return () => void rows.reload();
}

function address(cursor: string | null): string {
  const query = new URLSearchParams({ limit: "50" });
  for (const [name, value] of Object.entries(filter)) {
    if (value !== "") {
      query.set(name, value);
    }
  }
  if (cursor !== null) {
    query.set("cursor", cursor);
  }
  return `${PATH}?${query}`;
}

/** Where there is any booking at all, it is the filters that hide it. */
function nothing(some: boolean): HTMLElement {
  if (some) {
    return empty(
      "search",
      "No booking fits these filters",
      "Choose another status or a wider range of dates.",
    );
  }
  const first = h(
    "button",
    { class: "button primary", type: "button", onclick: () => newBooking(null, changed) },
    "New booking",
  );
  return empty(
    "calendar",
    "No bookings yet",
    "Bookings that you enter and requests from the chat appear here.",
    first,
  );
}

function tableOf(body: HTMLElement): HTMLElement {
  const head = ["Date", "Customer", "Package", "Status"].map((name) => h("th", { scope: "col" }, name));
  return h(
    "div",
    { class: "table-wrap stacks" },
    h(
      "table",
      {},
      h("caption", { class: "spoken" }, "Bookings"),
      h("thead", {}, h("tr", {}, ...head, h("th", { scope: "col", class: "amount" }, "Price"))),
      body,
    ),
  );
}

function line(row: Booking, unit: string): HTMLElement {
  const open = h(
    "button",
    { class: "link-button", type: "button", onclick: () => void bookingDetail(row, unit, changed) },
    words(row.event_date),
  );
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, open),
    h("td", { "data-label": "Customer" }, row.customer.name),
    h("td", { "data-label": "Package" }, row.package.title),
    h("td", { "data-label": "Status" }, status(row.status)),
    h("td", { class: "amount", "data-label": "Price" }, money(row.price_cents, unit)),
  );
}

function offerMore(place: HTMLElement, body: HTMLElement, cursor: string | null, unit: string): void {
  place.hidden = cursor === null;
  if (cursor === null) {
    return;
  }
  const load = async (): Promise<void> => {
    button.setAttribute("aria-disabled", "true");
    try {
      const next = await call<List<Booking>>(address(cursor));
      const lines = next.items.map((row) => line(row, unit));
      body.append(...lines);
      offerMore(place, body, next.next_cursor, unit);
      lines[0]?.querySelector("button")?.focus();
    } catch (thrown) {
      fill(
        place,
        failure(Failure.from(thrown), () => void load()),
      );
    }
  };
  const button = h("button", { class: "button", type: "button", onclick: () => void load() }, "Show more");
  fill(place, button);
}

interface Blackout {
  day: Day;
  reason: string | null;
}

function asMonth(host: HTMLElement): () => void {
  let bookings: Booking[] = [];
  let blackouts: Blackout[] = [];
  let unit = "USD";
  const calendar = new Calendar({
    marks: (day) => marks(bookings, blackouts, day),
    choose: (day) => {
      const found = bookings.find((row) => row.event_date === day && row.status !== "cancelled");
      if (found === undefined) {
        newBooking(day, changed);
      } else {
        void bookingDetail(found, unit, changed);
      }
    },
    turned: () => void rows.reload(),
  });
  const card = h("div", { class: "card" }, calendar.element, legend());
  const rows = region(host, async () => {
    const from = calendar.month;
    const range = `from=${from}&to=${shifted(shiftedMonths(from, 1), -1)}`;
    [bookings, blackouts, unit] = await Promise.all([
      all<Booking>(`${PATH}?${range}`),
      all<Blackout>(`/api/tenant-admin/blackouts?${range}`),
      currency(),
    ]);
    calendar.draw();
    return [card];
  });
  return () => void rows.reload();
}

function marks(bookings: Booking[], blackouts: Blackout[], day: Day): Mark[] {
  const live = bookings.flatMap((row): Mark[] =>
    row.event_date === day && row.status !== "cancelled"
      ? [{ kind: row.status, label: `${row.customer.name}, ${statusWords(row.status).toLowerCase()}` }]
      : [],
  );
  const closed = blackouts.flatMap((row): Mark[] =>
    row.day === day ? [{ kind: "blackout", label: row.reason ?? "Not bookable" }] : [],
  );
  return [...live, ...closed];
}

function legend(): HTMLElement {
  const kinds: [Exclude<Status, "cancelled" | "fulfilled"> | "blackout", string][] = [
    ["pending", "Pending"],
    ["confirmed", "Confirmed or fulfilled"],
    ["blackout", "Not bookable"],
  ];
  return h(
    "div",
    { class: "legend" },
    ...kinds.map(([kind, name]) => h("span", {}, h("i", { class: `mark-line ${kind}` }), name)),
  );
}
