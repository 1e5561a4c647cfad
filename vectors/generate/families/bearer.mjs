// `Authorization: Bearer <token>`, which only `getToken` reads, and only without a cookie.

import { nameOf, session } from "../mint.mjs"

export async function bearer() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    const name = nameOf(version)
    const made = await session(version)
    const { value } = made
    const nothing = { version, name, exp: null, header: null, outcome: "no_cookie" }
    vectors.push(
      { id: "bearer", description: "no cookie, Authorization: Bearer", ...made, header: null, authorization: `Bearer ${value}` },
      { id: "bearer-urlencoded", description: "the value is percent-encoded", ...made, header: null, authorization: `Bearer ${value.replaceAll(".", "%2E")}` },
      { id: "bearer-lowercase", description: "the scheme is matched with its case", ...nothing, authorization: `bearer ${value}`, accept: ["ok"] },
      { id: "bearer-bad-percent", description: "malformed percent-encoding", ...nothing, authorization: "Bearer %E0%A4%A", accept: ["malformed"] },
      {
        id: "bearer-cookie-wins",
        description: "a broken cookie is there, so the header is not looked at",
        version, name, exp: null, header: `${name}=broken`, authorization: `Bearer ${value}`, outcome: "malformed",
      },
    )
  }
  return vectors
}
