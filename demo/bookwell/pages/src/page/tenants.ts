// The platform administrator's list of tenants.

import { all, call } from "../client.ts";
import { confirmed, told } from "../dialog.ts";
import { h, icon, unique } from "../dom.ts";
import { Failure } from "../failure.ts";
import { empty, region } from "../region.ts";

interface Tenant {
  id: string;
  slug: string;
  name: string;
  active: boolean;
  currency: string;
  time_zone: string;
}

export function tenantsPage(): void {
  const place = document.querySelector<HTMLElement>("#tenants");
  if (place === null) {
    // While impersonating, the server shows the way out instead of the list.
    return;
  }
  region(place, async () => {
    const tenants = await all<Tenant>("/api/admin/tenants");
    return tenants.length === 0
      ? [empty("building", "No tenants", "There is no business on this platform yet.")]
      : [table(tenants)];
  });
}

function table(tenants: Tenant[]): HTMLElement {
  const head = ["Tenant", "Status", "Currency", "Time zone", "Storefront"].map((name) =>
    h("th", { scope: "col" }, name),
  );
  return h(
    "div",
    { class: "table-wrap stacks" },
    h(
      "table",
      {},
      h("caption", { class: "spoken" }, "Tenants"),
      h(
        "thead",
        {},
        h("tr", {}, ...head, h("th", { scope: "col" }, h("span", { class: "spoken" }, "Actions"))),
      ),
      h("tbody", {}, ...tenants.map(line)),
    ),
  );
}

function line(tenant: Tenant): HTMLElement {
  const reason = unique("reason");
  const work = h(
    "button",
    {
      class: "button small",
      type: "button",
      disabled: !tenant.active,
      "aria-label": `Impersonate ${tenant.name}`,
      "aria-describedby": tenant.active ? null : reason,
      onclick: () => void impersonate(tenant),
    },
    icon("mask"),
    "Impersonate",
  );
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, tenant.name, h("div", { class: "soft small" }, tenant.slug)),
    h(
      "td",
      { "data-label": "Status" },
      tenant.active
        ? h("span", { class: "badge good" }, icon("check"), "Active")
        : h("span", { class: "badge" }, icon("pause"), "Inactive"),
    ),
    h("td", { "data-label": "Currency" }, tenant.currency),
    h("td", { "data-label": "Time zone" }, tenant.time_zone),
    h(
      "td",
      { "data-label": "Storefront" },
      tenant.active
        ? h("a", { href: `/t/${tenant.slug}` }, `/t/${tenant.slug}`)
        : h("span", { class: "soft" }, "Closed"),
    ),
    h(
      "td",
      {},
      h("div", { class: "actions" }, work),
      // The API refuses it, too.
      tenant.active ? null : h("p", { class: "reason", id: reason }, "Nobody works as an inactive business."),
    ),
  );
}

async function impersonate(tenant: Tenant): Promise<void> {
  const sure = await confirmed({
    title: `Work as ${tenant.name}?`,
    text: "You see and change what this tenant sees, for an hour at most. Everything you do is recorded with your own name.",
    action: "Start impersonation",
    danger: false,
  });
  if (!sure) {
    return;
  }
  try {
    const { location: next } = await call<{ location: string }>("/admin/impersonation/start", {
      method: "POST",
      body: { tenant_id: tenant.id },
    });
    location.assign(next);
  } catch (thrown) {
    await told("You are still yourself", Failure.from(thrown));
  }
}
