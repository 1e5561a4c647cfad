// C1 to C7: the cookies with which a person may arrive.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { fillIn, ready } from "../pages.mjs"
import { mint, olderName, padded, sessionName } from "../session.mjs"
import { assertSession, everyday } from "./everyday.mjs"

const DAY = 24 * 60 * 60

export function columns(here) {
  const { scheme } = here
  const name = sessionName(scheme)
  const own = () => here.world.claims(ACCOUNTS.willow)
  const others = () => here.world.claims(ACCOUNTS.harbor)
  const make = (claims, options) => mint(here.world.demo, claims, options)
  const now = () => Math.floor(Date.now() / 1000)
  // Over HTTP a browser holds `__Secure-` cookies of a host, but never sends them: only what is sent can be in the way.
  const sent = ({ name }) => scheme === "https" || !name.startsWith("__Secure-")
  const plant = async (visitor, cookies) => visitor.plant(cookies.filter(sent))

  everyday(here, scheme === "https" ? "C1 over HTTPS" : "C2 over HTTP, not on localhost", async (visitor) => {
    const page = await visitor.open("/login")
    await fillIn(page, ACCOUNTS.willow, here.world.demo.password)
    await page.waitForURL("**/tenant/dashboard")
    await ready(page)
    assertSession(await visitor.sessions(), scheme)
    await page.close()
  })

  const chunked = async (visitor, chunks) => {
    await visitor.context.clearCookies()
    await visitor.plant(await make(await padded(here.world.demo, await own(), name, chunks), { name }))
    assert.equal((await visitor.sessions()).length, chunks)
  }
  const sizes = [12, 2, 4]
  everyday(here, "C3 a session of four chunks, then of twelve, then of two", (visitor) => chunked(visitor, 4), (visitor) => chunked(visitor, sizes.shift()))

  everyday(here, "C4 rubbish of next-auth 4 beside the session", async (visitor) => {
    await plant(visitor, [
      { name: "next-auth.session-token", value: "eyJhbGciOiJkaXIifQ..rubbish" },
      { name: "__Secure-next-auth.session-token.0", value: "rubbish", secure: true },
      { name: "__Secure-next-auth.session-token.1", value: "more", secure: true },
      { name: "next-auth.csrf-token", value: "0%7C1" },
    ])
    await visitor.plant(await make(await own(), { name }))
  })

  everyday(here, "C4 sessions of next-auth 4 of somebody else beside the session", async (visitor) => {
    const claims = await others()
    const chunks = await padded(here.world.demo, claims, "next-auth.session-token", 3)
    await plant(visitor, await make(chunks, { name: "next-auth.session-token" }))
    await plant(visitor, await make(claims, { name: "__Secure-next-auth.session-token" }))
    await visitor.plant(await make(await own(), { name }))
  })

  everyday(here, "C5 the session itself in the format of next-auth 4", async (visitor) => {
    await visitor.plant(await make(await own(), { name: olderName(scheme) }))
  })

  everyday(here, "C6 a stale whole cookie beside chunks, an empty one, and a name that begins like the session's", async (visitor) => {
    const claims = await own()
    await visitor.plant(await make(await padded(here.world.demo, claims, name, 2), { name }))
    await visitor.plant(await make(await others(), { name, now: now() - 30 * DAY, maxAge: DAY }).then(alive))
    await visitor.plant([
      { name: `${name}.2`, value: "", secure: scheme === "https" },
      { name: `${name}-legacy`, value: "something else", secure: scheme === "https" },
    ])
  })

  if (scheme === "https") {
    everyday(here, "C6 a plain session of somebody else beside the secure one", async (visitor) => {
      await visitor.plant(await make(await others(), { name: "authjs.session-token" }))
      await visitor.plant(await make(await own(), { name }))
    })
  }

  everyday(here, "C7 a session sealed with the second secret", async (visitor) => {
    await visitor.plant(await make(await own(), { name, secret: here.world.demo.secrets[1] }))
  })
}

/** The browser would throw away what is over; a stale cookie without an end is what it keeps. */
function alive(cookies) {
  return cookies.map((cookie) => ({ ...cookie, expires: -1 }))
}
