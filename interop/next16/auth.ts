import { randomBytes } from "node:crypto"
import NextAuth from "next-auth"
import Credentials from "next-auth/providers/credentials"

const PASSWORD = "correct horse"
const USERS = [
  { id: "u-ada", name: "Ada Lovelace", email: "ada@example.com", tenant: "acme" },
  { id: "u-bob", name: "Bob Kahn", email: "bob@example.com", tenant: "globex" },
]

export const { handlers, auth } = NextAuth({
  providers: [
    Credentials({
      credentials: {
        email: { label: "Email", type: "email" },
        password: { label: "Password", type: "password" },
        // Characters of random text to put into the session, so that it splits into chunks.
        padding: { label: "Padding", type: "number" },
      },
      authorize({ email, password, padding }) {
        const user = USERS.find((user) => user.email === email)
        if (!user || password !== PASSWORD) return null
        return {
          ...user,
          // What a real backend would have answered to these credentials.
          backendToken: `bt_${user.id}_${randomBytes(16).toString("hex")}`,
          padding: randomText(Number(padding) || 0),
        }
      },
    }),
  ],
  callbacks: {
    jwt({ token, user }) {
      if (user) {
        const { backendToken, tenant, padding } = user as SignedIn
        Object.assign(token, { backendToken, tenant })
        if (padding) token.padding = padding
      }
      return token
    },
    session({ session, token }) {
      return { ...session, user: { ...session.user, tenant: token.tenant } }
    },
  },
})

interface SignedIn {
  backendToken: string
  tenant: string
  padding: string
}

function randomText(length: number): string {
  const bounded = Math.min(length, 40_000)
  return randomBytes(bounded).toString("base64url").slice(0, bounded)
}
