// Packages: what the tenant offers.

import { Attempt, all, call } from "../client.ts";
import { confirmed, type Dialog, openDialog, told } from "../dialog.ts";
import { h, icon, must } from "../dom.ts";
import { Failure } from "../failure.ts";
import { busy, Form } from "../form.ts";
import { cents, decimal, money, symbol } from "../money.ts";
import { notice } from "../notice.ts";
import { empty, type Region, region } from "../region.ts";
import { currency } from "../stats.ts";
import { photoEditor } from "./photo.ts";

export interface Package {
  id: string;
  slug: string;
  title: string;
  description: string;
  price_cents: number;
  photo_url: string | null;
  active: boolean;
  sort_order: number;
  version: number;
}

const PATH = "/api/tenant-admin/packages";

let list: Region;

export function packagesPage(): void {
  list = region(must("#packages"), async () => {
    const [packages, money] = await Promise.all([all<Package>(PATH), currency()]);
    if (packages.length === 0) {
      const first = h(
        "button",
        { class: "button primary", type: "button", onclick: () => void edit(null) },
        icon("plus"),
        "Add a package",
      );
      return [
        empty(
          "package",
          "No packages yet",
          "A package is something that customers can book: a title, a description, a price.",
          first,
        ),
      ];
    }
    return [table(packages, money)];
  });
  must("#new-package").addEventListener("click", () => void edit(null));
}

function table(packages: Package[], unit: string): HTMLElement {
  const head = ["Package", "Price", "Status", "Order"].map((name) =>
    h("th", { scope: "col", class: name === "Price" ? "amount" : null }, name),
  );
  return h(
    "div",
    { class: "table-wrap stacks" },
    h(
      "table",
      {},
      h("caption", { class: "spoken" }, "Packages"),
      h(
        "thead",
        {},
        h("tr", {}, ...head, h("th", { scope: "col" }, h("span", { class: "spoken" }, "Actions"))),
      ),
      h("tbody", {}, ...packages.map((row) => line(row, unit))),
    ),
  );
}

function line(row: Package, unit: string): HTMLElement {
  const photo =
    row.photo_url === null
      ? h("span", { class: "thumb" }, icon("package"))
      : h("img", { class: "thumb", src: row.photo_url, alt: "", loading: "lazy" });
  const button = (label: string, sign: string, act: () => void) =>
    h(
      "button",
      {
        class: "button quiet small only-icon",
        type: "button",
        "aria-label": `${label} ${row.title}`,
        onclick: act,
      },
      icon(sign),
    );
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h(
        "div",
        { class: "cell-main" },
        photo,
        h(
          "div",
          {},
          h("button", { class: "link-button", type: "button", onclick: () => void edit(row) }, row.title),
          h("div", { class: "soft small" }, row.slug),
        ),
      ),
    ),
    h("td", { class: "amount", "data-label": "Price" }, money(row.price_cents, unit)),
    h(
      "td",
      { "data-label": "Status" },
      row.active
        ? h("span", { class: "badge good" }, icon("check"), "Active")
        : h("span", { class: "badge" }, icon("pause"), "Inactive"),
    ),
    h("td", { class: "number", "data-label": "Order" }, String(row.sort_order)),
    h(
      "td",
      {},
      h(
        "div",
        { class: "actions" },
        button("Edit", "edit", () => void edit(row)),
        button("Delete", "trash", () => void remove(row)),
      ),
    ),
  );
}

async function edit(row: Package | null): Promise<void> {
  const dialog = openDialog({ title: row === null ? "New package" : "Edit package" });
  let unit: string;
  try {
    unit = await currency();
  } catch {
    // The list says what is wrong; the amount itself needs no currency.
    unit = "USD";
  }
  const form = new Form([
    { name: "title", label: "Title", value: row?.title ?? "", maxlength: 100 },
    {
      name: "slug",
      label: "Address",
      value: row?.slug ?? "",
      maxlength: 63,
      hint: "Small letters, digits and hyphens, such as garden-ceremony",
    },
    {
      name: "description",
      label: "Description",
      kind: "textarea",
      value: row?.description ?? "",
      maxlength: 2000,
      optional: true,
    },
    {
      name: "price_cents",
      label: `Price in ${unit}`,
      prefix: symbol(unit),
      inputmode: "decimal",
      value: row === null ? "" : decimal(row.price_cents),
      hint: "Such as 1,200 or 1200.50",
    },
    {
      name: "sort_order",
      label: "Order",
      kind: "number",
      min: "0",
      max: "1000",
      value: String(row?.sort_order ?? 0),
      hint: "Smaller numbers come first",
    },
    { name: "active", label: "Customers can book this package", kind: "check", checked: row?.active ?? true },
  ]);
  if (row === null) {
    // The address follows the title until somebody writes one.
    const slug = form.control("slug");
    let own = false;
    slug.addEventListener("input", () => {
      own = true;
    });
    form.control("title").addEventListener("input", () => {
      if (!own) {
        slug.value = slugOf(form.text("title"));
      }
    });
  }
  const attempt = new Attempt();
  const save = h(
    "button",
    { class: "button primary", type: "submit" },
    row === null ? "Add package" : "Save",
  );
  // Within the form, so that its buttons stay the last thing of the dialog.
  form.element.append(
    row === null
      ? h("p", { class: "soft small" }, "You can add a photo as soon as the package is there.")
      : photoEditor(row, () => void list.reload()),
    h(
      "div",
      { class: "form-actions" },
      h("button", { class: "button", type: "button", onclick: dialog.close }, "Cancel"),
      save,
    ),
  );
  form.onsubmit = () => void busy(save, () => submit(form, row, attempt, dialog));
  dialog.fill(form.element);
  form.focus("title");
}

async function submit(form: Form, row: Package | null, attempt: Attempt, dialog: Dialog): Promise<void> {
  const price = cents(form.text("price_cents"));
  const order = Number(form.text("sort_order"));
  const faults: [string, string][] = [];
  if (form.text("title") === "") {
    faults.push(["title", "Enter a title"]);
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(form.text("slug"))) {
    faults.push(["slug", "Use small letters, digits and single hyphens"]);
  }
  if (price === null) {
    faults.push(["price_cents", "Enter an amount from 0 to 999,999.99, such as 1200.50"]);
  }
  if (!Number.isInteger(order) || order < 0 || order > 1000) {
    faults.push(["sort_order", "Enter a whole number from 0 to 1000"]);
  }
  if (faults.length > 0) {
    form.refuse("The package cannot be saved yet", faults);
    return;
  }
  const body = {
    title: form.text("title"),
    slug: form.text("slug"),
    description: form.text("description"),
    price_cents: price,
    active: form.checked("active"),
    sort_order: order,
  };
  try {
    if (row === null) {
      await attempt.create(PATH, body);
    } else {
      await call(`${PATH}/${row.id}`, { method: "PUT", body, version: row.version });
    }
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === "slug_taken") {
      form.refuse(failure.title, [["slug", "Another package has this address"]], failure.requestId);
    } else if (failure.code === "version_conflict") {
      form.refuse("Somebody else has changed this package", [], failure.requestId);
      await list.reload();
    } else {
      form.failed(failure);
    }
    return;
  }
  dialog.close();
  notice(row === null ? "The package has been added" : "The package has been saved");
  await list.reload();
}

async function remove(row: Package): Promise<void> {
  const sure = await confirmed({
    title: `Delete “${row.title}”?`,
    text: "This cannot be taken back.",
    action: "Delete package",
  });
  if (!sure) {
    return;
  }
  try {
    await call(`${PATH}/${row.id}`, { method: "DELETE", version: row.version });
    notice("The package has been deleted");
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code === "package_in_use") {
      await offerToDeactivate(row);
    } else {
      await told("The package has not been deleted", failure);
    }
  }
  await list.reload();
}

async function offerToDeactivate(row: Package): Promise<void> {
  const title = `“${row.title}” has bookings`;
  if (!row.active) {
    await told(
      title,
      new Failure(
        "It is inactive already, so customers cannot book it, and it stays because of its bookings",
        409,
        "package_in_use",
      ),
    );
    return;
  }
  const sure = await confirmed({
    title,
    text: "A package with bookings cannot be deleted. Deactivate it instead: customers no longer see it, and its bookings stay as they are.",
    action: "Deactivate package",
    danger: false,
  });
  if (!sure) {
    return;
  }
  const { title: name, slug, description, price_cents, sort_order } = row;
  try {
    await call(`${PATH}/${row.id}`, {
      method: "PUT",
      version: row.version,
      body: { title: name, slug, description, price_cents, sort_order, active: false },
    });
    notice("The package is inactive now");
  } catch (thrown) {
    await told("The package is still active", Failure.from(thrown));
  }
}

function slugOf(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 63);
}
