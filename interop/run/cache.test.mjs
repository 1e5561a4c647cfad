// A shared cache in front of the gateway (TH-72): two users in turn, and neither ever sees the other.
// The cache is nginx with `proxy_cache`, told to keep whatever it may for an hour and whatever its user.

import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import http from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { fileURLToPath } from "node:url"
import * as gateway from "./gateway.mjs"
import { answers, environment, freePort, Process } from "./process.mjs"

const BINARY = process.env.VESTIBULE_BIN ?? fileURLToPath(new URL("../../target/debug/vestibule", import.meta.url))

/** Answers of every kind, all of which the backend wants to be kept by everybody. */
const STATUSES = [200, 301, 403, 404, 410, 500]

describe("a cache in front", { concurrency: false }, () => {
  const here = {}
  before(async () => Object.assign(here, await start()), { timeout: 60_000 })
  after(() => here.stop?.())

  test("what nobody's session changes is kept", async () => {
    const answer = await get(here, "/open/200")
    assert.deepEqual([answer.status, answer.kept], [200, "MISS"])
    assert.equal((await get(here, "/open/200", "ada")).kept, "HIT", "the cache works")
  })

  for (const path of ["/api", "/optional"]) {
    for (const status of STATUSES) {
      test(`${path} with ${status} is each user's own`, async () => {
        const asked = `${path}/${status}`
        for (const user of ["ada", "bob", "ada", undefined, "bob"]) {
          const answer = await get(here, asked, user)
          if (user === undefined && path === "/api") {
            assert.deepEqual([answer.status, answer.headers["vestibule-refusal"]], [401, "unauthenticated"])
          } else {
            assert.deepEqual([answer.status, answer.text], [status, `for ${user ?? "nobody"}`])
          }
          assert.notEqual(answer.kept, "HIT")
        }
      })
    }
  }

  test("a refusal is nobody else's", async () => {
    // A page asked for without a session, then with one; and the other way round.
    for (const [asked, users, statuses] of [
      ["/api/page", [undefined, "ada", undefined], [302, 200, 302]],
      ["/api/call", [undefined, "ada", undefined], [401, 200, 401]],
      ["/rules/x", ["ada", "bob", "ada"], [403, 200, 403]],
      ["/cookie/x", ["ada", undefined, "bob"], [200, 200, 200]],
    ]) {
      const navigation = asked === "/api/page" ? { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" } : {}
      for (const [index, user] of users.entries()) {
        const answer = await get(here, asked, user, navigation)
        assert.equal(answer.status, statuses[index], asked)
        assert.notEqual(answer.kept, "HIT", asked)
      }
    }
  })
})

async function start() {
  const folder = await mkdtemp(join(tmpdir(), "vestibule-cache-"))
  const secret = randomBytes(32).toString("base64url")
  const backend = http.createServer(answer).listen(0, "127.0.0.1")
  await once(backend, "listening")
  const apiUrl = `http://127.0.0.1:${backend.address().port}`
  const front = await gateway.start({ secret, host: "app.vestibule.test", webUrl: apiUrl, apiUrl, folder, configuration })
  const port = await freePort()
  await writeFile(join(folder, "nginx.conf"), cache(port, front.port))
  const nginx = new Process("nginx", "nginx", ["-p", folder, "-c", "nginx.conf"], { cwd: folder, env: environment({ PATH: `${process.env.PATH}:/usr/sbin` }) })
  await nginx.until(() => answers(`http://127.0.0.1:${port}/ready`, 204))
  return {
    port,
    cookies: { ada: await mint(secret, "ada"), bob: await mint(secret, "bob") },
    stop: async () => {
      await nginx.stop()
      await front.stop()
      backend.closeAllConnections()
      await new Promise((resolve) => backend.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The backend says who asked, and that everybody may keep it. */
function answer(request, response) {
  const status = Number(/\d+$/.exec(request.url)?.[0] ?? 200)
  const headers = { "cache-control": "public, max-age=3600, s-maxage=3600", expires: new Date(Date.now() + 3_600_000).toUTCString() }
  if (status === 301) headers.location = "/elsewhere"
  if (request.url.startsWith("/cookie")) headers["set-cookie"] = "cart=1"
  response.writeHead(status, headers).end(`for ${request.headers.authorization?.replace("Bearer token-of-", "") ?? "nobody"}`)
}

const configuration = ({ port, admin, apiUrl }) => `listen: 127.0.0.1:${port}
admin: { listen: 127.0.0.1:${admin} }
session: { secrets: [ "\${AUTH_SECRET}" ] }
upstreams:
  web: { url: "${apiUrl}" }
  api: { url: "${apiUrl}" }
routes:
  - { path: /api/**,      to: api, auth: required, token: { claim: /backendToken } }
  - { path: /optional/**, to: api, auth: optional, token: { claim: /backendToken } }
  - { path: /rules/**,    to: api, auth: required, token: { claim: /backendToken }, require: { claim: /sub, equals: bob } }
  - { path: /open/**,     to: api, auth: none }
  - { path: /**,          to: web, auth: optional }
`

// One key for all users. What the gateway says of its answers is all that keeps them apart.
const cache = (port, front) => `daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  large_client_header_buffers 8 32k;
  proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;
  proxy_cache_path kept keys_zone=kept:1m use_temp_path=off;
  server {
    listen 127.0.0.1:${port};
    location = /ready { return 204; }
    location / {
      proxy_pass http://127.0.0.1:${front};
      proxy_set_header Host $http_host;
      proxy_cache kept;
      proxy_cache_key $request_uri;
      proxy_cache_valid any 1h;
      add_header X-Kept $upstream_cache_status always;
    }
  }
}
`

function mint(secret, user) {
  return new Promise((resolve, reject) => {
    const claims = JSON.stringify({ sub: user, backendToken: `token-of-${user}` })
    const args = ["mint", "--claims-file", "-", "--cookie-name", "authjs.session-token"]
    const child = execFile(BINARY, args, { env: environment({ AUTH_SECRET: secret }) }, (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout.trim())))
    child.stdin.end(claims)
  })
}

function get({ port, cookies }, path, user, headers = {}) {
  return new Promise((resolve, reject) => {
    const cookie = user === undefined ? {} : { cookie: cookies[user] }
    const options = { host: "127.0.0.1", port, path, agent: false, headers: { host: "app.vestibule.test", ...cookie, ...headers } }
    http.get(options, async (response) => {
      const pieces = []
      for await (const piece of response) pieces.push(piece)
      resolve({ status: response.statusCode, headers: response.headers, kept: response.headers["x-kept"], text: Buffer.concat(pieces).toString() })
    }).on("error", reject)
  })
}
