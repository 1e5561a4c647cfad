import assert from "node:assert/strict"
import { test } from "node:test"
import { Jar } from "./jar.mjs"

const HTTP = new URL("http://app.vestibule.test/api/auth/csrf")
const HTTPS = new URL("https://app.vestibule.test/api/auth/csrf")
const NOW = Date.UTC(2026, 0, 1)

function check(lines, from, to, expected) {
  const jar = new Jar()
  for (const line of lines) jar.store(line, from, NOW)
  assert.equal(jar.header(to, NOW), expected)
}

test("a secure cookie is neither taken from nor sent to a plain connection", () => {
  check(["a=1; Secure; Path=/"], HTTP, HTTP, undefined)
  check(["a=1; Secure; Path=/"], HTTPS, HTTP, undefined)
  check(["a=1; Secure; Path=/"], HTTPS, HTTPS, "a=1")
})

test("the name prefixes are obeyed", () => {
  check(["__Secure-a=1; Path=/"], HTTPS, HTTPS, undefined)
  check(["__Secure-a=1; Path=/; Secure"], HTTPS, HTTPS, "__Secure-a=1")
  check(["__Host-a=1; Path=/x; Secure"], HTTPS, HTTPS, undefined)
  check(["__Host-a=1; Path=/; Secure"], HTTPS, HTTPS, "__Host-a=1")
})

test("a plain connection cannot overwrite a secure cookie", () => {
  const jar = new Jar()
  jar.store("a=1; Secure; Path=/", HTTPS, NOW)
  assert.equal(jar.store("a=2; Path=/", HTTP, NOW), false)
  assert.equal(jar.header(HTTPS, NOW), "a=1")
})

test("a cookie ends by Max-Age first and by Expires otherwise", () => {
  check(["a=1; Path=/; Max-Age=0"], HTTP, HTTP, undefined)
  check(["a=1; Path=/; Expires=Wed, 31 Dec 2025 23:59:59 GMT"], HTTP, HTTP, undefined)
  check(["a=1; Path=/; Expires=Wed, 31 Dec 2025 23:59:59 GMT; Max-Age=60"], HTTP, HTTP, "a=1")
  check(["a=1; Path=/", "a=; Path=/; Max-Age=0"], HTTP, HTTP, undefined)
})

test("a path holds for itself and what is below it", () => {
  const deeper = new URL("http://app.vestibule.test/tenant/a")
  check(["a=1; Path=/tenant"], HTTP, deeper, "a=1")
  check(["a=1; Path=/ten"], HTTP, deeper, undefined)
  check(["a=1"], HTTP, deeper, undefined)
  check(["a=1; Path=/", "b=2; Path=/tenant"], HTTP, deeper, "b=2; a=1")
})

test("a cookie over 4,096 octets is dropped", () => {
  check([`a=${"x".repeat(4095)}; Path=/`], HTTP, HTTP, `a=${"x".repeat(4095)}`)
  check([`a=${"x".repeat(4096)}; Path=/`], HTTP, HTTP, undefined)
})
