// The fault, on purpose: the proxy that teams write by hand.
// It works on http://localhost with a small session, and on nothing else:
// over HTTPS the cookie is called `__Secure-authjs.session-token`,
// and a session over 3,936 characters is only there as `.0`, `.1`, ….

import { cookies } from "next/headers"
import { getToken } from "next-auth/jwt"
import type { NextRequest } from "next/server"

export async function GET(request: NextRequest): Promise<Response> {
  const cookie = (await cookies()).get("authjs.session-token")
  if (!cookie) return Response.json({ error: "Not signed in" }, { status: 401 })

  const token = await getToken({ req: request, secret: process.env.AUTH_SECRET })
  if (!token) return Response.json({ error: "Not signed in" }, { status: 401 })

  const answer = await fetch(`${process.env.BACKEND_URL}/v1/agent/health`, {
    headers: { authorization: `Bearer ${token.backendToken}` },
    cache: "no-store",
  })
  return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } })
}
