// A new booking.

import { Attempt, all } from "../client.ts";
import { type Day, shiftedMonths, today } from "../dates.ts";
import { openDialog } from "../dialog.ts";
import { h } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy, Form } from "../form.ts";
import { money } from "../money.ts";
import { notice } from "../notice.ts";
import { empty, region } from "../region.ts";
import { currency } from "../stats.ts";
import type { Package } from "./packages.ts";

/** Refusals that concern the date, and what to say at its field. */
const AT_DATE: Record<string, string> = {
  date_taken: "This date is taken by another booking",
  date_blacked_out: "This date is blacked out",
};

export function newBooking(day: Day | null, changed: () => void): void {
  const dialog = openDialog({ title: "New booking" });
  const place = h("div");
  dialog.fill(place);
  region(place, async () => {
    const [packages, unit] = await Promise.all([
      all<Package>("/api/tenant-admin/packages?active=true"),
      currency(),
    ]);
    if (packages.length === 0) {
      const link = h("a", { class: "button primary", href: "/tenant/packages" }, "Go to packages");
      return [empty("package", "There is nothing to book", "A booking needs an active package.", link)];
    }
    const choices = packages.map((row): [string, string] => [
      row.id,
      `${row.title} · ${money(row.price_cents, unit)}`,
    ]);
    const form = new Form([
      { name: "package_id", label: "Package", kind: "select", choices },
      {
        name: "event_date",
        label: "Date",
        kind: "date",
        value: day ?? "",
        min: today(),
        max: shiftedMonths(today(), 24),
      },
      { name: "name", label: "Customer’s name", maxlength: 100 },
      { name: "email", label: "Customer’s e-mail", kind: "email", maxlength: 254 },
      { name: "phone", label: "Customer’s phone", kind: "tel", maxlength: 20, optional: true },
      { name: "notes", label: "Notes", kind: "textarea", maxlength: 500, optional: true },
    ]);
    const attempt = new Attempt();
    const save = h("button", { class: "button primary", type: "submit" }, "Add booking");
    form.element.append(
      h(
        "div",
        { class: "form-actions" },
        h("button", { class: "button", type: "button", onclick: dialog.close }, "Cancel"),
        save,
      ),
    );
    form.onsubmit = () =>
      void busy(save, async () => {
        if (await added(form, attempt)) {
          dialog.close();
          notice("The booking has been added");
          changed();
        }
      });
    setTimeout(() => form.focus(day === null ? "package_id" : "name"));
    return [form.element];
  });
}

async function added(form: Form, attempt: Attempt): Promise<boolean> {
  const faults: [string, string][] = [];
  if (form.text("event_date") === "") {
    faults.push(["event_date", "Choose a date"]);
  }
  if (form.text("name") === "") {
    faults.push(["name", "Enter the customer’s name"]);
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(form.text("email"))) {
    faults.push(["email", "Enter an e-mail address, such as ada@example.com"]);
  }
  if (faults.length > 0) {
    form.refuse("The booking cannot be added yet", faults);
    return false;
  }
  const [phone, notes] = [form.text("phone"), form.text("notes")];
  try {
    await attempt.create("/api/tenant-admin/bookings", {
      package_id: form.text("package_id"),
      event_date: form.text("event_date"),
      customer: { name: form.text("name"), email: form.text("email"), ...(phone === "" ? {} : { phone }) },
      ...(notes === "" ? {} : { notes }),
    });
    return true;
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const atDate = AT_DATE[failure.code];
    if (atDate === undefined) {
      form.failed(failure);
    } else {
      form.refuse("Choose another date", [["event_date", atDate]], failure.requestId);
    }
    return false;
  }
}
