// One month as a table. Arrow keys move by day and week, Page Up and Page Down by month.

import {
  type Day,
  firstOfMonth,
  fullWords,
  monthWords,
  shifted,
  shiftedMonths,
  today,
  weekday,
} from "./dates.ts";
import { fill, h, icon, unique } from "./dom.ts";

export interface Mark {
  kind: "pending" | "confirmed" | "fulfilled" | "blackout";
  label: string;
}

export interface CalendarOptions {
  /** What stands on a day. */
  marks(day: Day): Mark[];
  /** What choosing a day does. */
  choose(day: Day): void;
  /** Called when another month is shown. */
  turned?(month: Day): void;
}

export class Calendar {
  readonly element: HTMLElement;
  readonly #options: CalendarOptions;
  readonly #heading = h("h2", { id: unique("month"), "aria-live": "polite" });
  readonly #body = h("tbody");
  #month: Day;
  /** The one day that the Tab key reaches. */
  #current: Day;

  constructor(options: CalendarOptions, month: Day = today()) {
    this.#options = options;
    this.#current = month;
    this.#month = firstOfMonth(month);
    const turn = (months: number, name: string, symbol: string) =>
      h(
        "button",
        {
          class: "button quiet small only-icon",
          type: "button",
          "aria-label": name,
          onclick: () => this.#turn(months),
        },
        icon(symbol),
      );
    const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    this.element = h(
      "div",
      { class: "calendar" },
      h(
        "div",
        { class: "calendar-head" },
        turn(-1, "Previous month", "back"),
        this.#heading,
        turn(1, "Next month", "forward"),
      ),
      h(
        "table",
        { "aria-labelledby": this.#heading.id },
        h(
          "thead",
          {},
          h("tr", {}, ...weekdays.map((name) => h("th", { scope: "col", abbr: name }, name.slice(0, 2)))),
        ),
        this.#body,
      ),
    );
    this.#body.addEventListener("keydown", (event) => this.#key(event));
    this.draw();
  }

  get month(): Day {
    return this.#month;
  }

  draw(): void {
    this.#heading.textContent = monthWords(this.#month);
    const last = shifted(shiftedMonths(this.#month, 1), -1);
    const rows: HTMLElement[] = [];
    let day = shifted(this.#month, -weekday(this.#month));
    while (day <= last) {
      const cells: HTMLElement[] = [];
      for (let column = 0; column < 7; column += 1) {
        cells.push(
          day < this.#month || day > last ? h("td", { class: "outside" }) : h("td", {}, this.#day(day)),
        );
        day = shifted(day, 1);
      }
      rows.push(h("tr", {}, ...cells));
    }
    const held = this.#body.contains(document.activeElement);
    fill(this.#body, ...rows);
    if (held) {
      this.#focus();
    }
  }

  #focus(): void {
    this.#body.querySelector<HTMLElement>(`[data-day="${this.#current}"]`)?.focus();
  }

  #day(day: Day): HTMLElement {
    const marks = this.#options.marks(day);
    // What is read out is what is written, with the rest of the date around the number.
    const [before = "", number = "", after = ""] = fullWords(day).split(/(\d{1,2})(?=,)/);
    return h(
      "button",
      {
        class: day === today() ? "day today" : "day",
        type: "button",
        "aria-current": day === today() ? "date" : null,
        "data-day": day,
        tabindex: day === this.#current ? 0 : -1,
        onclick: () => {
          this.#current = day;
          this.#options.choose(day);
        },
      },
      h("span", { class: "spoken" }, before),
      h("span", { class: "date" }, number),
      h("span", { class: "spoken" }, day === today() ? `${after}, today` : after),
      ...marks.map((mark) => h("span", { class: `mark-line ${mark.kind}` }, mark.label)),
    );
  }

  #turn(months: number): void {
    this.#month = shiftedMonths(this.#month, months);
    this.#current = this.#month;
    this.draw();
    this.#options.turned?.(this.#month);
  }

  #key(event: KeyboardEvent): void {
    const days: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const months: Record<string, number> = { PageUp: -1, PageDown: 1 };
    const byDays = days[event.key];
    const byMonths = months[event.key];
    if (byDays !== undefined) {
      this.#current = shifted(this.#current, byDays);
    } else if (byMonths !== undefined) {
      this.#current = shiftedMonths(this.#current, byMonths);
    } else {
      return;
    }
    event.preventDefault();
    const month = firstOfMonth(this.#current);
    const turned = month !== this.#month;
    this.#month = month;
    this.draw();
    this.#focus();
    if (turned) {
      this.#options.turned?.(month);
    }
  }
}
