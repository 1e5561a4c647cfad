// Bars by month. The drawing is for eyes; the table below says the same to everybody.

import { monthWords, shortMonth, today } from "./dates.ts";
import { h, svg } from "./dom.ts";

export interface Month {
  month: string;
  count: number;
}

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 28;
const BOTTOM = 24;
const TOP = 16;

export function monthsChart(months: Month[]): HTMLElement {
  const most = Math.max(1, ...months.map((month) => month.count));
  const step = roundStep(most);
  const ceiling = Math.ceil(most / step) * step;
  const height = HEIGHT - TOP - BOTTOM;
  const y = (count: number): number => TOP + height - (count / ceiling) * height;
  const slot = (WIDTH - LEFT) / Math.max(1, months.length);
  const bar = Math.min(34, slot * 0.62);
  const now = today().slice(0, 7);

  const lines: SVGElement[] = [];
  for (let value = 0; value <= ceiling; value += step) {
    lines.push(
      svg("line", { class: "grid-line", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
      svg("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, String(value)),
    );
  }
  const bars = months.flatMap(({ month, count }, index) => {
    const middle = LEFT + slot * (index + 0.5);
    const top = y(count);
    return [
      svg("rect", {
        class: month === now ? "bar now" : "bar",
        x: middle - bar / 2,
        y: top,
        width: bar,
        height: Math.max(0, TOP + height - top),
        rx: 4,
      }),
      svg(
        "text",
        { class: "value", x: middle, y: top - 5, "text-anchor": "middle" },
        count > 0 ? String(count) : "",
      ),
      svg("text", { x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, shortMonth(`${month}-01`)),
    ];
  });
  const total = months.reduce((sum, month) => sum + month.count, 0);
  return h(
    "div",
    { class: "chart" },
    h("p", { class: "soft small" }, span(months)),
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `Bar chart: ${total} bookings in ${months.length} months. The table below has the numbers.`,
      },
      ...lines,
      ...bars,
    ),
    h(
      "details",
      {},
      h("summary", {}, "Show as a table"),
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, "Month"),
            h("th", { scope: "col", class: "amount" }, "Bookings"),
          ),
        ),
        h(
          "tbody",
          {},
          ...months.map(({ month, count }) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, monthWords(`${month}-01`)),
              h("td", { class: "amount" }, String(count)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Which months these are, and by which date a booking counts. */
function span(months: Month[]): string {
  const [first, last] = [months[0], months.at(-1)];
  return first === undefined || last === undefined
    ? ""
    : `${monthWords(`${first.month}-01`)} to ${monthWords(`${last.month}-01`)}, by the date of the event`;
}

/** 1, 2, 5, 10, 20, 50, …: at most five lines. */
function roundStep(most: number): number {
  let unit = 1;
  for (;;) {
    for (const step of [unit, 2 * unit, 5 * unit]) {
      if (most / step <= 5) {
        return step;
      }
    }
    unit *= 10;
  }
}
