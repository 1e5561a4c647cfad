// Which of several secrets opens a session.

import { largeClaims, OTHER, S1, S2, S3, session } from "../mint.mjs"

export async function rotation() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    const made = (secret, secrets, options) => session(version, { secure: true, secret, ...options }).then((it) => ({ ...it, secrets }))
    vectors.push(
      { id: "rot-new-first", description: "written with the first of two secrets", ...(await made(S1, [S1, S2])) },
      { id: "rot-old-second", description: "written with the old secret, second in the list", ...(await made(S2, [S1, S2])) },
      { id: "rot-third-chunked", description: "written with the third of three secrets, chunked", ...(await made(S3, [S1, S2, S3], { token: largeClaims(2) })) },
      { id: "rot-none", description: "written with a secret that is not in the list", ...(await made(OTHER, [S1, S2])), outcome: "decrypt_failed" },
      { id: "wrong-secret", description: "written with another secret", ...(await made(OTHER, [S1])), outcome: "decrypt_failed" },
    )
  }
  const spaced = await session("v5", { secret: `${S1}\n` })
  vectors.push(
    { id: "secret-newline", description: "v5, the writer's secret ends in a newline, the reader's does not", ...spaced, secrets: [S1], outcome: "decrypt_failed" },
    { id: "secret-newline-same", description: "v5, both secrets end in the same newline, which counts", ...spaced, secrets: [`${S1}\n`] },
  )
  return vectors
}
