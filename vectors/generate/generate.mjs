// Makes session vectors by running the real packages: node generate.mjs --out FILE
//
// Each family says what it expects of a reader. The real package is asked as well, and a vector on which
// the two disagree beyond `accept_also` is not written: the run fails.

import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { algorithms } from "./families/algorithms.mjs"
import { bearer } from "./families/bearer.mjs"
import { chunks } from "./families/chunks.mjs"
import { cookieText } from "./families/cookie-text.mjs"
import { names } from "./families/names.mjs"
import { payloads } from "./families/payloads.mjs"
import { rotation } from "./families/rotation.mjs"
import { sizes } from "./families/sizes.mjs"
import { tampering } from "./families/tampering.mjs"
import { times } from "./families/times.mjs"
import { NOW, S1 } from "./mint.mjs"
import { VERSIONS } from "./packages.mjs"
import { ask } from "./real.mjs"

const FAMILIES = [sizes, chunks, rotation, names, times, tampering, algorithms, payloads, cookieText, bearer]
const OUTCOMES = ["ok", "no_cookie", "decrypt_failed", "expired", "not_yet_valid", "claim_invalid", "unsupported_alg", "malformed", "missing_chunk"]

const out = outFile(process.argv.slice(2))
const vectors = []
for (const family of FAMILIES) {
  for (const drawn of await family()) vectors.push(await finish(drawn))
}
assert.equal(new Set(vectors.map(({ id }) => id)).size, vectors.length, "an id is there twice")
writeFileSync(
  out,
  `${JSON.stringify({ title: "Auth.js session cookie vectors, generated", generated_with: VERSIONS, outcomes: OUTCOMES, count: vectors.length, vectors }, null, 1)}\n`,
)
process.stderr.write(`${vectors.length} vectors in ${out}\n`)

/** Turns what a family drew up into a vector, with the real package's own answer. */
async function finish(drawn) {
  const { version, name, secrets = [S1], salt = version === "v5" ? name : "", now = NOW, authorization = null } = drawn
  const { outcome = "ok", accept = [], note = null } = drawn
  const id = `${version === "v5" ? "p5" : "p4"}-${drawn.id}`
  const { returned, ...real } = await ask({ version, name, secrets, salt, now, cookieHeader: drawn.header, authorization })

  assert.ok(OUTCOMES.includes(outcome), `${id}: ${outcome}`)
  assert.ok([outcome, ...accept].includes(real.class), `${id}: expected ${outcome}, the real package says ${real.class} (${real.decode_error})`)
  assert.equal(returned !== null, real.class === "ok", `${id}: getToken and decode disagree`)
  if (outcome === "ok") {
    assert.ok(returned, `${id}: the real package opens nothing`)
    for (const [claim, value] of Object.entries(drawn.intended)) assert.deepEqual(returned[claim], value, `${id}: ${claim}`)
  } else {
    assert.equal(returned, null, `${id}: the real package opens it`)
  }
  if (drawn.chunks !== undefined) assert.equal(chunkCount(drawn.header, name), drawn.chunks, `${id}: chunks`)

  return {
    id,
    version,
    package: VERSIONS[version],
    description: drawn.description,
    secrets,
    cookie_name: name,
    salt,
    now,
    cookie_header: drawn.header,
    authorization,
    exp: drawn.exp,
    expected: { outcome, claims: returned, accept_also: accept, note },
    real: { ...real, getToken: { returned: returned ? "expected.claims" : null } },
  }
}

function chunkCount(header, name) {
  return header.split("; ").filter((pair) => pair.startsWith(`${name}.`)).length
}

function outFile(given) {
  if (given.length === 2 && given[0] === "--out") return given[1]
  process.stderr.write("usage: node generate.mjs --out FILE\n")
  process.exit(2)
}
