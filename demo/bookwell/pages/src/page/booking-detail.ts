// One booking: its facts, and what may happen to it next.

import { type Booking, status } from "../booking.ts";
import { call } from "../client.ts";
import { moment, today, words } from "../dates.ts";
import { openDialog } from "../dialog.ts";
import { h } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy, Form } from "../form.ts";
import { money } from "../money.ts";
import { notice } from "../notice.ts";

export function bookingDetail(row: Booking, unit: string, changed: () => void): void {
  const dialog = openDialog({ title: `Booking of ${row.customer.name}` });
  const fault = h("div", { class: "summary", role: "alert", tabindex: "-1", hidden: true });

  const act = async (action: string, done: string, body?: unknown): Promise<boolean> => {
    fault.hidden = true;
    try {
      await call(`/api/tenant-admin/bookings/${row.id}/${action}`, {
        method: "POST",
        ...(body === undefined ? {} : { body }),
      });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      fault.replaceChildren(
        h("strong", {}, failure.title),
        failure.requestId === null
          ? ""
          : h("p", { class: "small" }, "Request ", h("code", {}, failure.requestId)),
      );
      fault.hidden = false;
      fault.focus();
      changed();
      return false;
    }
    dialog.close();
    notice(done);
    changed();
    return true;
  };

  const button = (label: string, look: string, work: () => Promise<unknown>): HTMLElement => {
    const element = h("button", { class: `button ${look}`, type: "button" }, label);
    element.addEventListener("click", () => void busy(element, async () => void (await work())));
    return element;
  };
  const confirm = button("Confirm booking", "primary", () => act("confirm", "The booking is confirmed"));
  const fulfil = button("Mark as fulfilled", "primary", () => act("fulfil", "The booking is fulfilled"));
  const cancel = button("Cancel booking", "", async () => showCancel());

  const actions = h("div", { class: "form-actions" });
  if (row.status === "pending") {
    actions.append(cancel, confirm);
  } else if (row.status === "confirmed") {
    // What is to come cannot have been.
    actions.append(cancel, ...(row.event_date <= today() ? [fulfil] : []));
  } else {
    actions.append(h("button", { class: "button", type: "button", onclick: dialog.close }, "Close"));
  }

  const showCancel = (): void => {
    const form = new Form([
      {
        name: "reason",
        label: "Reason",
        kind: "textarea",
        optional: true,
        maxlength: 500,
        hint: "Kept with the booking",
      },
    ]);
    const submit = h("button", { class: "button danger", type: "submit" }, "Cancel booking");
    form.element.append(
      h(
        "div",
        { class: "form-actions" },
        h("button", { class: "button", type: "button", onclick: dialog.close }, "Keep it"),
        submit,
      ),
    );
    form.onsubmit = () =>
      void busy(submit, async () => {
        const reason = form.text("reason");
        await act(
          "cancel",
          "The booking is cancelled, and its date is free again",
          reason === "" ? {} : { reason },
        );
      });
    dialog.fill(fault, facts(row, unit), h("p", {}, "Its date becomes free for others."), form.element);
    form.focus("reason");
  };

  dialog.fill(fault, facts(row, unit), actions);
}

function facts(row: Booking, unit: string): HTMLElement {
  const line = (name: string, value: Node | string | null): Node[] =>
    value === null || value === "" ? [] : [h("dt", {}, name), h("dd", {}, value)];
  return h(
    "dl",
    { class: "facts" },
    ...line("Date", words(row.event_date)),
    ...line("Status", status(row.status)),
    ...line("Package", row.package.title),
    ...line("Price", money(row.price_cents, unit)),
    ...line("E-mail", h("a", { href: `mailto:${row.customer.email}` }, row.customer.email)),
    ...line("Phone", row.customer.phone),
    ...line("Notes", row.notes),
    ...line("Came by", row.source === "chat" ? "Chat on the storefront" : "Entered here"),
    ...line("Entered", moment(row.created_at)),
    ...line("Cancelled", row.cancelled_at === null ? null : moment(row.cancelled_at)),
    ...line("Reason", row.cancel_reason),
  );
}
