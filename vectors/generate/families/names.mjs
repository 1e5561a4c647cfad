// The name is the salt in v5 and nothing in v4; and it is not the only cookie that looks like it.

import { among, encode, EXP, nameOf, session, written } from "../mint.mjs"

export async function names() {
  const [plain5, secure5] = [nameOf("v5"), nameOf("v5", true)]
  const [plain4, secure4] = [nameOf("v4"), nameOf("v4", true)]
  const moved = async (version, from, to) => {
    const made = await session(version, { name: from })
    return { ...made, name: to, header: among(...written(version, to, made.value)) }
  }
  const state = await encode("v4", { name: plain4, token: { value: "a-state" }, salt: "next-auth.state" })
  const both = {
    v5: await session("v5", { name: secure5 }),
    v5plain: await session("v5", { name: plain5 }),
    v4: await session("v4", { name: secure4 }),
  }
  const pairOf = ({ name, value }) => `${name}=${value}`
  const small = await session("v5")
  return [
    { id: "renamed-http-to-https", description: "v5, a proxy moved the plain cookie to the __Secure- name: the salt differs", ...(await moved("v5", plain5, secure5)), outcome: "decrypt_failed" },
    { id: "renamed-https-to-http", description: "v5, a proxy moved the __Secure- cookie to the plain name: the salt differs", ...(await moved("v5", secure5, plain5)), outcome: "decrypt_failed" },
    { id: "renamed-explicit-salt", description: "v5, moved to the __Secure- name, and the reader passes the old name as salt", ...(await moved("v5", plain5, secure5)), salt: plain5 },
    { id: "custom-name", description: "v5, a name of the application's own, which is the salt as well", ...(await session("v5", { name: "my_session" })) },
    { id: "renamed", description: "v4, written under the plain name and moved to __Secure-: there is no salt, so it opens", ...(await moved("v4", plain4, secure4)) },
    { id: "custom-name", description: "v4, a name of the application's own", ...(await session("v4", { name: "my_session" })) },
    {
      id: "state-cookie-as-session",
      description: "v4, a token of the state cookie, which has a salt, in the session cookie",
      version: "v4", name: plain4, header: among(`${plain4}=${state}`), exp: EXP, outcome: "decrypt_failed",
    },
    { id: "v4-and-v5-present", description: "both families are there; asked for v5", ...both.v5, header: [pairOf(both.v4), pairOf(both.v5)].join("; ") },
    { id: "v4-and-v5-present", description: "both families are there; asked for v4", ...both.v4, header: [pairOf(both.v4), pairOf(both.v5)].join("; ") },
    { id: "http-and-https-present", description: "both names are there; asked for __Secure-", ...both.v5, header: [pairOf(both.v5plain), pairOf(both.v5)].join("; ") },
    {
      id: "v4-token-in-v5-cookie",
      description: "a v4 token under the v5 name",
      version: "v5", name: plain5, header: among(`${plain5}=${both.v4.value}`), exp: EXP, outcome: "decrypt_failed",
    },
    {
      id: "v5-token-in-v4-cookie",
      description: "a v5 token under the v4 name, where the key has another length",
      version: "v4", name: plain4, header: among(`${plain4}=${small.value}`), exp: EXP,
      outcome: "malformed", accept: ["decrypt_failed", "unsupported_alg"],
    },
    {
      id: "confusing-not-prefix",
      description: "v5, names that look alike but do not begin with the cookie's name",
      ...small,
      header: `x${plain5}=no; Authjs.session-token=no; authjs.session-toke=no; authjs.csrf-token=a%7Cb; ${pairOf(small)}`,
    },
    {
      id: "confusing-prefix",
      description: "v5, a foreign cookie whose name begins with the session cookie's is joined by the real code",
      ...small,
      header: `${pairOf(small)}; ${plain5}-legacy=zzz`,
      outcome: "decrypt_failed", accept: ["ok", "malformed"], note: "an exact reader may return ok",
    },
  ]
}
