// Amounts are whole cents. They are written and read digit by digit: no fraction is ever a float.

/** `123456` in USD is `$1,234.56`. */
export function money(cents: number, currency: string): string {
  const formatter = new Intl.NumberFormat("en-US", { style: "currency", currency });
  // A decimal text is formatted exactly, whatever its length (ECMA-402).
  return formatter.format(decimal(cents) as unknown as number);
}

/** `123456` is `1234.56`. */
export function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const sign = cents < 0 ? "-" : "";
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The cents of what somebody typed, or null where it is no amount: `1200`, `1,200.50`, `1 200`. */
export function cents(typed: string): number | null {
  const match = /^(\d{1,3}(?:[, \u00a0]\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(typed.trim());
  if (match === null) {
    return null;
  }
  const [, whole = "", fraction = ""] = match;
  const digits = whole.replace(/[, \u00a0]/g, "") + fraction.padEnd(2, "0");
  const value = Number.parseInt(digits, 10);
  return value <= MOST ? value : null;
}

/** The symbol that stands before amounts of this currency. */
export function symbol(currency: string): string {
  const parts = new Intl.NumberFormat("en-US", { style: "currency", currency }).formatToParts(0);
  return parts.find((part) => part.type === "currency")?.value ?? currency;
}

const MOST = 99_999_999;
