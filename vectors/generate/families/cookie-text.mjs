// How the header is written: quotes, escapes, spaces, duplicates, nothing.

import { EXP, nameOf, session } from "../mint.mjs"

export async function cookieText() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    const name = nameOf(version)
    const made = await session(version)
    const other = await session(version)
    const { value } = made
    const escaped = value.replaceAll(".", "%2E").replaceAll("-", "%2d")
    const none = { version, name, exp: null, outcome: "no_cookie" }
    vectors.push(
      { id: "no-cookie-header", description: "no Cookie header at all", ...none, header: null },
      { id: "other-cookies", description: "other cookies only", ...none, header: "_ga=GA1.1.1234.5678; theme=dark" },
      { id: "empty-value", description: "the session cookie is there and empty", ...none, header: `theme=dark; ${name}=` },
      { id: "percent-encoded", description: "dots and dashes are percent-encoded", ...made, header: `${name}=${escaped}` },
      { id: "spacing", description: "no space after the semicolon, spaces before it, a pair without value, empty pairs", ...made, header: `a=1;flag;;${name}=${value} ; b=2` },
      { id: "duplicate-first-wins", description: "the same name twice, both valid: the first is taken", ...made, header: `${name}=${value}; ${name}=${other.value}` },
      {
        id: "duplicate-first-bad",
        description: "the same name twice, the first is no token: it is taken all the same",
        ...made,
        header: `${name}=garbage; ${name}=${value}`,
        outcome: "malformed", accept: ["ok"], note: "ok only for readers that deliberately try every duplicate",
      },
    )
  }
  const five = await session("v5")
  const four = await session("v4")
  vectors.push(
    { id: "quoted", description: "v5, the value in double quotes: they are kept, so it fails", ...five, header: `${five.name}="${five.value}"`, outcome: "malformed", accept: ["ok", "decrypt_failed"] },
    { id: "quoted", description: "v4, the value in double quotes: the pages router drops them", ...four, header: `${four.name}="${four.value}"`, accept: ["malformed", "decrypt_failed"] },
    { id: "tabs", description: "v5, tabs around the pair", ...five, header: `a=1;\t${five.name}=${five.value}\t;\tb=2`, exp: EXP },
  )
  return vectors
}
