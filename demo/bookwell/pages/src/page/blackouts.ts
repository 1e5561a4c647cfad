// Blackout dates: days on which nothing can be booked.

import { Calendar } from "../calendar.ts";
import { Attempt, all, call } from "../client.ts";
import { type Day, shiftedMonths, today, words } from "../dates.ts";
import { confirmed, told } from "../dialog.ts";
import { h, icon, must } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy, Form } from "../form.ts";
import { notice } from "../notice.ts";
import { empty, type Region, region } from "../region.ts";

interface Blackout {
  id: string;
  day: Day;
  reason: string | null;
}

const PATH = "/api/tenant-admin/blackouts";

let known: Blackout[] = [];
let month: Region;
let list: Region;

/** Asked once for both places that show them. */
let asked: Promise<void> | null = null;

function load(): Promise<void> {
  asked ??= all<Blackout>(`${PATH}?from=${today()}`)
    .then((rows) => {
      known = rows.sort((left, right) => (left.day < right.day ? -1 : 1));
    })
    .finally(() => {
      asked = null;
    });
  return asked;
}

/** What one place has got again, the other one shows as well. */
function follow(place: string, other: () => Region): void {
  if (must(place).querySelector(".failure") !== null) {
    void other().reload();
  }
}

async function reload(): Promise<void> {
  await Promise.all([month.reload(), list.reload()]);
}

export function blackoutsPage(): void {
  const { form, choose } = addForm();
  must("#add").append(form);
  const calendar = new Calendar({
    marks: (day) =>
      known.flatMap((row) =>
        row.day === day ? [{ kind: "blackout" as const, label: row.reason ?? "Not bookable" }] : [],
      ),
    choose: (day) => {
      const found = known.find((row) => row.day === day);
      if (found === undefined) {
        choose(day);
      } else {
        void remove(found);
      }
    },
  });
  month = region(must("#calendar"), async () => {
    await load();
    follow("#blackouts", () => list);
    calendar.draw();
    return [calendar.element];
  });
  list = region(must("#blackouts"), async () => {
    await load();
    follow("#calendar", () => month);
    return known.length === 0
      ? [
          empty(
            "moon",
            "No blackout dates",
            "Choose a day in the calendar, or use the form, to keep it free of bookings.",
          ),
        ]
      : [h("ul", { class: "agenda", role: "list" }, ...known.map(line))];
  });
}

function line(row: Blackout): HTMLElement {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "text" },
      h("b", {}, words(row.day)),
      h("span", { class: "soft small" }, row.reason ?? "No reason given"),
    ),
    h(
      "button",
      {
        class: "button quiet small only-icon",
        type: "button",
        "aria-label": `Remove ${words(row.day)}`,
        onclick: () => void remove(row),
      },
      icon("trash"),
    ),
  );
}

function addForm(): { form: HTMLElement; choose: (day: Day) => void } {
  const form = new Form([
    { name: "day", label: "Day", kind: "date", min: today(), max: shiftedMonths(today(), 24) },
    { name: "reason", label: "Reason", maxlength: 200, optional: true, hint: "Only you see it" },
  ]);
  const attempt = new Attempt();
  const add = h("button", { class: "button primary", type: "submit" }, icon("plus"), "Add blackout date");
  form.element.append(h("div", {}, add));
  form.onsubmit = () =>
    void busy(add, async () => {
      const day = form.text("day");
      if (day === "") {
        form.refuse("The date cannot be added yet", [["day", "Choose a day"]]);
        return;
      }
      const reason = form.text("reason");
      try {
        await attempt.create(PATH, { day, ...(reason === "" ? {} : { reason }) });
      } catch (thrown) {
        const failure = Failure.from(thrown);
        if (failure.code === "date_booked") {
          form.refuse("This day cannot be blacked out", [["day", booked(failure)]], failure.requestId);
        } else {
          form.failed(failure);
        }
        return;
      }
      form.element.reset();
      notice(`${words(day)} is not bookable now`);
      await reload();
    });
  const choose = (day: Day): void => {
    form.control("day").value = day;
    form.focus("reason");
  };
  return { form: form.element, choose };
}

/** Names the booking that is in the way. */
function booked(failure: Failure): string {
  const { row } = failure.problem as { row?: { customer_name?: string } };
  return row?.customer_name === undefined
    ? failure.title
    : `It is booked by ${row.customer_name}; cancel that booking first`;
}

async function remove(row: Blackout): Promise<void> {
  const sure = await confirmed({
    title: `Make ${words(row.day)} bookable again?`,
    text: row.reason === null ? "The blackout date is removed." : `It is blacked out: ${row.reason}.`,
    action: "Remove blackout date",
  });
  if (!sure) {
    return;
  }
  try {
    await call(`${PATH}/${row.id}`, { method: "DELETE" });
    notice(`${words(row.day)} is bookable again`);
  } catch (thrown) {
    await told("The blackout date is still there", Failure.from(thrown));
  }
  await reload();
}
