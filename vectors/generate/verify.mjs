// Asks the real packages about every vector of a file again: node verify.mjs FILE
//
// `real` in the file must be what the packages say now, and `expected` must hold for them.
// Exit 0 when all agree, 1 when one does not.

import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { ask } from "./real.mjs"

// What earlier betas said is kept in the checked-in file, and not installed here.
const NOT_ASKED = new Set(["beta30"])

const { vectors } = JSON.parse(readFileSync(process.argv[2], "utf8"))
let disagreeing = 0
for (const vector of vectors) {
  const wrong = await differences(vector)
  if (wrong.length === 0) continue
  disagreeing += 1
  process.stdout.write(`${vector.id}: ${wrong.join(", ")}\n`)
}
process.stdout.write(`${vectors.length - disagreeing} of ${vectors.length} vectors agree with the packages\n`)
process.exitCode = disagreeing > 0 || vectors.length === 0 ? 1 : 0

async function differences({ version, cookie_name: name, secrets, salt, now, cookie_header: cookieHeader, authorization, expected, real }) {
  const { returned, ...asked } = await ask({ version, name, secrets, salt, now, cookieHeader, authorization })
  const told = { ...asked, getToken: { returned: returned ? "expected.claims" : null } }
  const wrong = Object.keys({ ...told, ...real }).filter((key) => !NOT_ASKED.has(key) && !isDeepStrictEqual(told[key], real[key]))
  if (!isDeepStrictEqual(returned, expected.claims)) wrong.push("expected.claims")
  if (![expected.outcome, ...expected.accept_also].includes(asked.class)) wrong.push("expected.outcome")
  return wrong
}
