// The script of every page: what the frame needs, and the part that the page names.

import { startAssistant } from "./assistant/panel.ts";
import { blackoutsPage } from "./page/blackouts.ts";
import { bookingsPage } from "./page/bookings.ts";
import { brandingPage } from "./page/branding.ts";
import { dashboardPage } from "./page/dashboard.ts";
import { landingPage } from "./page/landing-page.ts";
import { packagesPage } from "./page/packages.ts";
import { signInPage } from "./page/sign-in.ts";
import { tenantsPage } from "./page/tenants.ts";
import { startShell } from "./shell.ts";

const pages: Record<string, () => void> = {
  blackouts: blackoutsPage,
  bookings: bookingsPage,
  branding: brandingPage,
  dashboard: dashboardPage,
  landing_page: landingPage,
  packages: packagesPage,
  sign_in: signInPage,
  tenants: tenantsPage,
};

startShell();
if (document.body.dataset.assistant !== undefined) {
  startAssistant();
}
pages[document.body.dataset.page ?? ""]?.();
