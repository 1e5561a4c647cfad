// What a person does on the pages of Bookwell, by the names that a screen reader says.

import assert from "node:assert/strict"

/** Everything on the page has its value: no place loads any more. */
export async function ready(page) {
  await page.waitForFunction(() => document.readyState === "complete" && document.querySelector("[aria-busy=true]") === null)
}

/** Opens a page of somebody who is signed in. */
export async function openReady(visitor, path) {
  const page = await visitor.open(path)
  await ready(page)
  return page
}

/** Fills in the form of the sign-in page; says nothing about where that leads. */
export async function fillIn(page, email, password) {
  await page.getByLabel("E-mail", { exact: true }).fill(email)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Sign in", exact: true }).click()
}

/** Signs in on the page that shows, and waits for the page that was asked for. */
export async function signIn(page, email, password) {
  await fillIn(page, email, password)
  await page.waitForURL((url) => url.pathname !== "/login")
  await ready(page)
}

/** Signs in as `signIn` of next-auth/react does, from whatever page shows. */
export async function credentials(page, email, password) {
  const url = await page.evaluate(
    async ([email, password]) => {
      const { csrfToken } = await (await fetch("/api/auth/csrf")).json()
      const body = new URLSearchParams({ csrfToken, email, password, callbackUrl: "/" })
      const answer = await fetch("/api/auth/callback/credentials", { method: "POST", headers: { "x-auth-return-redirect": "1" }, body })
      return (await answer.json()).url
    },
    [email, password],
  )
  assert.equal(new URL(url).searchParams.get("error"), null)
}

export async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click()
  await page.waitForURL((url) => url.pathname === "/login")
  await ready(page)
}

/** Path and query of the page that shows. */
export function place(page) {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

/** Where signing in would lead to, if the page that shows is the sign-in page. */
export function wayBack(page) {
  const { pathname, searchParams } = new URL(page.url())
  return pathname === "/login" ? searchParams.get("callbackUrl") : undefined
}

/** The card of the dashboard with this heading. */
export function card(page, heading) {
  return page.getByRole("region", { name: heading, exact: true })
}

/** The figure on a card of the dashboard. */
export async function figure(page, heading) {
  return (await card(page, heading).locator(".value").innerText()).trim()
}

/** Opens the assistant's panel, whatever it has to say. */
export async function openAssistant(page) {
  await page.getByRole("button", { name: /^(Open the )?assistant$/i }).click()
  await ready(page)
  return page.getByRole("complementary", { name: "Assistant" })
}

/** What the assistant said last. */
export function lastAnswer(panel) {
  return panel.getByRole("log").locator(".message.theirs").last()
}

/** Sends a message with Enter. */
export async function say(panel, message) {
  const input = panel.getByRole("textbox", { name: "Message to the assistant" })
  await input.fill(message)
  await input.press("Enter")
}

/** Asks the assistant, and gives the events of its answer when the stream has ended. */
export async function ask(page, panel, message) {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/agent/chat")
  await say(panel, message)
  const response = await answered
  assert.equal(response.status(), 200)
  assert.match(response.headers()["content-type"], /^text\/event-stream/)
  const body = (await response.body()).toString()
  await panel.getByRole("button", { name: "Send" }).and(panel.locator(":not([aria-disabled=true])")).waitFor()
  return body.split(/\r?\n\r?\n/).flatMap((event) => /^event: ?(.*)$/m.exec(event)?.[1] ?? [])
}

/** The dialog that shows. */
export function dialog(page, name) {
  return page.getByRole("dialog", { name })
}

/** Calls the API from the page's own script, as its client does. */
export async function call(page, path, { method = "GET", body, headers = {} } = {}) {
  return page.evaluate(
    async ([path, method, body, headers]) => {
      const init = { method, headers, cache: "no-store" }
      if (body !== undefined) {
        init.body = JSON.stringify(body)
        init.headers = { ...headers, "content-type": "application/json" }
      }
      const response = await fetch(path, init)
      const text = await response.text()
      return {
        status: response.status,
        refusal: response.headers.get("vestibule-refusal"),
        requestId: response.headers.get("x-request-id"),
        json: text && /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : null,
        text,
      }
    },
    [path, method, body, headers],
  )
}

/** All rows of a list, page after page. */
export async function rows(page, path) {
  const found = []
  for (let cursor = null; ; ) {
    const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) })
    const { status, json } = await call(page, `${path}?${query}`)
    assert.equal(status, 200, path)
    found.push(...json.items)
    cursor = json.next_cursor
    if (cursor === null) return found
  }
}
