import { auth } from "@/auth"

// The page trusts whoever stands in front of it to let nobody in without a session.
export default async function DashboardPage() {
  const session = await auth()
  const user = session?.user as { name?: string; email?: string; tenant?: string } | undefined
  return (
    <main>
      <h1>Dashboard</h1>
      <p id="who">{user?.email ?? "nobody"}</p>
      <p id="tenant">{user?.tenant ?? "none"}</p>
    </main>
  )
}
