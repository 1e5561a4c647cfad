// A page with the unmodified `next-auth/react`: every call that it has for a credentials provider, and what came of it.

import { getSession, SessionProvider, signIn, signOut, useSession } from "next-auth/react"
import { useState } from "react"
import { createRoot } from "react-dom/client"

function Page() {
  const { data, status, update } = useSession()
  const [result, setResult] = useState({ number: 0, value: null })
  const show = (value) => setResult(({ number }) => ({ number: number + 1, value }))

  async function submit(event) {
    event.preventDefault()
    const { email, password, redirect, target } = Object.fromEntries(new FormData(event.target))
    const options = { email, password, redirect: redirect === "on" }
    show(await signIn("credentials", target ? { ...options, redirectTo: target } : options))
  }

  return (
    <main>
      <h1>next-auth/react</h1>
      <p id="status">{status}</p>
      <pre id="session">{JSON.stringify(data ?? null)}</pre>
      <pre id="result" data-number={result.number}>{JSON.stringify(result.value ?? null)}</pre>
      <form onSubmit={submit}>
        <label>E-mail <input name="email" autoComplete="username" /></label>
        <label>Password <input name="password" type="password" autoComplete="current-password" /></label>
        <label>Target <input name="target" /></label>
        <label>Redirect <input name="redirect" type="checkbox" /></label>
        <button id="sign-in">Sign in</button>
      </form>
      <button id="update" onClick={async () => show(await update({ name: "Ada L.", role: "PLATFORM_ADMIN" }))}>Update</button>
      <button id="call" onClick={async () => show(await call())}>Call</button>
      <button id="sign-out" onClick={async () => show(await signOut({ redirect: false }))}>Sign out</button>
      <button id="leave" onClick={() => signOut({ redirectTo: "/?left" })}>Leave</button>
    </main>
  )
}

// A 401 may mean that the backend's token is over: asking for the session renews it, and then once more.
async function call() {
  let answer = await fetch("/api/agent/me")
  if (answer.status === 401 && (await getSession())) answer = await fetch("/api/agent/me")
  return { status: answer.status, ...(await answer.json()) }
}

createRoot(document.getElementById("root")).render(
  <SessionProvider>
    <Page />
  </SessionProvider>,
)
