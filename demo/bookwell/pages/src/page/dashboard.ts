// The dashboard: four figures, bookings by month, what comes next.

import { type Booking, status } from "../booking.ts";
import { monthsChart } from "../chart.ts";
import { all } from "../client.ts";
import { dayOfMonth, shortMonth, today, words } from "../dates.ts";
import { h, must } from "../dom.ts";
import { money } from "../money.ts";
import { empty, region } from "../region.ts";
import { type Stats, stats } from "../stats.ts";

export function dashboardPage(): void {
  figure("packages", ({ packages }) => [String(packages.total), `${packages.active} active`]);
  figure("bookings", ({ bookings }) => [
    bookings.total.toLocaleString("en-US"),
    `${bookings.upcoming_30d} in the next 30 days`,
  ]);
  figure("blackouts", ({ blackouts }) => [String(blackouts.upcoming), "upcoming"]);
  figure("revenue", ({ revenue }) => [
    money(revenue.this_month_cents, revenue.currency),
    `${money(revenue.total_cents, revenue.currency)} in all`,
  ]);
  region(must("#by-month"), async () => {
    const { bookings } = await stats();
    const months = bookings.by_month.slice(-12);
    return months.some((month) => month.count > 0)
      ? [monthsChart(months)]
      : [
          empty(
            "calendar",
            "No bookings yet",
            "As soon as the first ones come in, you see here how the year goes.",
          ),
        ];
  });
  region(must("#next"), async () => {
    const upcoming = await all<Booking>(`/api/tenant-admin/bookings?from=${today()}`);
    const next = upcoming
      .filter((booking) => booking.status === "pending" || booking.status === "confirmed")
      .sort((left, right) => (left.event_date < right.event_date ? -1 : 1))
      .slice(0, 5);
    if (next.length === 0) {
      return [empty("calendar", "Nothing is coming up", "New bookings appear here.", newBooking())];
    }
    return [h("ul", { class: "agenda", role: "list" }, ...next.map(line))];
  });
}

function figure(name: string, read: (stats: Stats) => [value: string, note: string]): void {
  region(
    must(`#figure-${name}`),
    async () => {
      const [value, note] = read(await stats());
      return [h("p", { class: "value" }, value), h("p", { class: "soft small" }, note)];
    },
    () =>
      h(
        "div",
        { class: "skeleton" },
        h("span", { class: "spoken" }, "Loading"),
        h("div", { class: "bone tall half" }),
        h("div", { class: "bone short" }),
      ),
  );
}

function line(booking: Booking): HTMLElement {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "leaf", "aria-hidden": "true" },
      h("b", {}, String(dayOfMonth(booking.event_date))),
      h("span", {}, shortMonth(booking.event_date)),
    ),
    h(
      "div",
      { class: "text" },
      h("b", {}, booking.customer.name),
      h(
        "span",
        { class: "soft small" },
        booking.package.title,
        h("span", { class: "spoken" }, `, ${words(booking.event_date)}`),
      ),
    ),
    status(booking.status),
  );
}

function newBooking(): HTMLElement {
  return h("a", { class: "button", href: "/tenant/bookings?new" }, "New booking");
}
