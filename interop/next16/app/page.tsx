import { auth } from "@/auth"

export default async function HomePage() {
  const session = await auth()
  return (
    <main>
      <h1>Acme</h1>
      <p id="who">{session?.user?.email ?? "nobody"}</p>
      <ul>
        <li><a href="/tenant/dashboard">Dashboard</a></li>
        <li><a href={session ? "/api/auth/signout" : "/api/auth/signin"}>{session ? "Sign out" : "Sign in"}</a></li>
      </ul>
    </main>
  )
}
