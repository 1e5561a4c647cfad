//! What to do about each cause: the first line is the most likely cure.

use vestibule_session::{CookieName, Reason, Version};

use super::header::Shape;
use super::holding;
use super::report::{Report, Tried};
use super::token_claim::{TokenClaim, TokenState};

/// The cures for the report's cause; none where all is well.
pub(super) fn cures(report: &Report) -> Vec<String> {
    let Some(reason) = report.reason else {
        return report
            .token
            .as_ref()
            .map_or_else(Vec::new, |token| no_token(report, token));
    };
    match reason {
        Reason::ClaimInvalid => claim_invalid(),
        Reason::Empty => empty(),
        Reason::Expired => expired(),
        Reason::Malformed => malformed(),
        Reason::MissingChunk => missing_chunk(report),
        Reason::MixedChunks => mixed_chunks(),
        Reason::NoCookie => no_cookie(report),
        Reason::NoIdentity => no_identity(),
        Reason::NotYetValid => not_yet_valid(),
        Reason::OnlyOtherPrefix => only_other_prefix(report),
        Reason::OpaqueId => opaque_id(),
        Reason::RenamedCookie => renamed_cookie(report),
        Reason::SignedNotEncrypted => signed(),
        Reason::TooLarge => too_large(),
        Reason::UnsupportedAlg => unsupported_alg(report),
        Reason::WrongSecret => wrong_secret(report),
        // A reason of a newer library has its sentence, and no cure here yet.
        _ => Vec::new(),
    }
}

fn claim_invalid() -> Vec<String> {
    lines([
        "In the application's `jwt` callback, look for a line that sets `token.exp`, `token.iat` or `token.nbf`: \
         they must be numbers of Unix seconds, not dates or texts.",
        "Keep the expiry of the backend's token under a name of its own, such as `backendTokenExpires`.",
    ])
}

fn empty() -> Vec<String> {
    lines([
        "Sign in again: an empty session cookie is what a sign-out leaves behind.",
        "If it is empty straight after signing in, look at the `Set-Cookie` lines of the sign-in's answer, and at \
         proxies in between that rewrite cookies.",
    ])
}

fn expired() -> Vec<String> {
    lines([
        "Sign in again.",
        "If sessions end too early, raise `session.maxAge` in the application; it counts in seconds. A session is \
         prolonged when the browser calls `/api/auth/session`, as `useSession` does, or passes the `auth` middleware of v5; \
         calls that do neither let it run out.",
        "If it expires straight after signing in, compare the clocks of this machine and of the application's.",
    ])
}

fn malformed() -> Vec<String> {
    lines([
        "Copy the cookie again, whole: an Auth.js token has five parts, joined by dots, and begins with `eyJ`.",
        "If the browser really sends it so, something between the application and here changes cookies: it adds \
         quotation marks, cuts long values, or encodes them twice.",
        "If another program sets a cookie of this name, give the application's session a name of its own.",
    ])
}

fn missing_chunk(report: &Report) -> Vec<String> {
    let mut cures = Vec::new();
    if let Some(tried) = report.taken() {
        cures.push(missing(report, &tried.cookie));
    }
    cures.extend(lines([
        "Look for a limit on the way: browsers keep about 180 cookies a site, Node.js takes 16 KiB of headers \
         (`--max-http-header-size`), nginx 8 KiB a line (`large_client_header_buffers`).",
        "Keep the session small: in the `jwt` callback, store the ids and the token that the backend needs, not whole \
         profiles or lists of permissions.",
        "Sign out and in again, so that all chunks are written anew.",
    ]));
    cures
}

/// Which numbers are absent, as far as one can know.
fn missing(report: &Report, cookie: &CookieName) -> String {
    let prefix = format!("{cookie}.");
    let present: Vec<usize> = (report.found.iter())
        .filter(|found| found.octets > 0)
        .filter_map(|found| found.name.strip_prefix(&prefix)?.parse().ok())
        .collect();
    let last = present.iter().copied().max().unwrap_or_default();
    let gaps: Vec<String> = (0..last)
        .filter(|number| !present.contains(number))
        .take(MAX_GAPS)
        .map(|number| format!("`{cookie}.{number}`"))
        .collect();
    if gaps.is_empty() {
        let next = last + 1;
        format!(
            "The last chunk is full and the token is cut there, so `{cookie}.{next}` is missing."
        )
    } else {
        format!("Find out who dropped {}.", gaps.join(", "))
    }
}

fn mixed_chunks() -> Vec<String> {
    lines([
        "Delete all session cookies of this site in the browser and sign in again.",
        "If it comes back, some code writes the session cookie without deleting what the earlier one left: a middleware \
         that sets it by hand must delete the whole cookie when it writes chunks, and the chunks when it writes a whole \
         one.",
    ])
}

fn no_cookie(report: &Report) -> Vec<String> {
    let names: Vec<_> = report
        .names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    match report.shape {
        Shape::BareToken => lines([
            "Write the name in front: this looks like a token alone, and the name is needed to open it \
             (`authjs.session-token=eyJ...`).",
        ]),
        Shape::Empty => lines([
            "Copy the whole `Cookie` line of the request: developer tools, Network, the request, Request Headers.",
            "If the request has no such line, the browser sent no cookies: `fetch` to another origin needs \
             `credentials: 'include'`, and `SameSite=Lax` cookies are not sent from other sites at all.",
        ]),
        Shape::Cookies | Shape::Other => vec![
            format!(
                "Sign in, and look whether the browser keeps one of {} (developer tools, Application, Cookies).",
                names.join(", ")
            ),
            "If the application gives its session cookie another name (`cookies.sessionToken.name`), say it: \
             `--cookie-name NAME --version v5`."
                .to_owned(),
            "If the cookie is there and not sent: its host must be the one of the request or above it, and a `__Secure-` \
             cookie goes over HTTPS only."
                .to_owned(),
        ],
    }
}

fn no_identity() -> Vec<String> {
    lines([
        "In the application's `jwt` callback, keep a claim that says who it is: `token.sub = user.id`, or `email`.",
        "If the application names its users in another claim, say which: `--identity-claim /userId` here, \
         `session.identity_claims` in the gateway's configuration.",
    ])
}

fn not_yet_valid() -> Vec<String> {
    lines([
        "Compare the clock of the application's machine with that of this one, and let both follow a time server; 15 \
         seconds are forgiven.",
        "If the `jwt` callback sets `token.nbf`, take it out, or set it in Unix seconds.",
    ])
}

fn only_other_prefix(report: &Report) -> Vec<String> {
    let other = report
        .found
        .iter()
        .map(|found| found.name.as_str())
        .find(|name| {
            let bare = name.strip_prefix(SECURE).unwrap_or(name);
            let wanted = |it: &CookieName| bare.starts_with(it.as_str().trim_start_matches(SECURE));
            report.names.iter().any(wanted)
        });
    let other = other.map(whole_name).unwrap_or_default();
    let mut cures = Vec::new();
    if let Some(wanted) = report.names.first() {
        cures.push(format!(
            "Read `{other}` instead of `{wanted}` (`--cookie-name {other}`), or give no name, so that both are read: the \
             application writes `__Secure-` over HTTPS and none over HTTP."
        ));
    }
    cures.extend(lines([
        "Where Next.js code reads it: `getToken` of next-auth 5 looks for the plain name by itself; give it \
         `secureCookie: true` on HTTPS.",
        "Where a proxy ends TLS in front of the application, set `AUTH_URL` (`NEXTAUTH_URL` in v4) to the https address, \
         so that all parts take the same name.",
    ]));
    cures
}

fn opaque_id() -> Vec<String> {
    lines([
        "The application keeps its sessions in a database (`session.strategy: \"database\"`), so the cookie holds only an \
         id, and no secret opens it.",
        "Set `session: { strategy: \"jwt\" }` in the application; its adapter may stay.",
    ])
}

fn renamed_cookie(report: &Report) -> Vec<String> {
    let pair =
        (report.tried.iter()).find_map(|tried| Some((&tried.cookie, tried.opens_as.as_ref()?)));
    let Some((cookie, original)) = pair else {
        return Vec::new();
    };
    let mut cures = vec![format!(
        "The token was written as `{original}` and came as `{cookie}`: find what renames it (a proxy, a middleware, code \
         that copies the value), and let it keep its name."
    )];
    if cookie.version() == original.version() {
        let salt = original.salt();
        cures.push(format!(
            "To read it as it is: `--cookie-name {cookie} --salt {salt}` here, `salt: \"{salt}\"` in `getToken`."
        ));
    } else {
        let (written, read) = (original.version(), cookie.version());
        cures.push(format!(
            "It is a {written} token under a {read} name: `--cookie-name {cookie} --version {written}` reads it; after an \
             upgrade of next-auth, users have to sign in again."
        ));
    }
    cures
}

fn signed() -> Vec<String> {
    lines([
        "The application has its own `jwt.encode`, which signs: take it out (with `jwt.decode`), so that Auth.js encrypts \
         the session again.",
        "If this is the backend's own token in a cookie, it needs no opening: the backend can read the cookie, or the \
         `jwt` callback can store the token in the session.",
    ])
}

fn too_large() -> Vec<String> {
    lines([
        "Keep the session small: in the `jwt` callback, store the ids and the token that the backend needs, not whole \
         profiles or lists of permissions.",
        "Delete all cookies of this site in the browser: leftovers count, too.",
    ])
}

fn unsupported_alg(report: &Report) -> Vec<String> {
    let mut cures = Vec::new();
    let family = report.taken().map(|tried| tried.cookie.version());
    if family == Some(Version::V4) {
        cures.push(
            "The name belongs to next-auth 4, which writes A256GCM. If next-auth 5 writes this cookie, say so: \
             `--version v5` beside `--cookie-name`."
                .to_owned(),
        );
    }
    cures.extend(lines([
        "Look for `jwt.encode` in the application's configuration: Auth.js by itself encrypts with `dir` and \
         A256CBC-HS512 (v5) or A256GCM (v4), and nothing else is taken.",
    ]));
    cures
}

fn wrong_secret(report: &Report) -> Vec<String> {
    let origins = report.origins.join(" and ");
    let mut cures = vec![format!(
        "Compare the secret of {origins} with the one in the running application (`process.env.AUTH_SECRET` there, not the \
         `.env` file): it counts octet for octet, with quotation marks, spaces and final newlines."
    )];
    cures.push(match report.taken().map(version) {
        Some(Version::V4) => "next-auth 4 takes `NEXTAUTH_SECRET` before `AUTH_SECRET`, and `secret` in its options before \
                              both."
            .to_owned(),
        Some(Version::V5) | None => "next-auth 5 takes `AUTH_SECRET` before `NEXTAUTH_SECRET`, and `secret` in its options \
                                     before both."
            .to_owned(),
    });
    cures.extend(lines([
        "After a rotation, give the old secret as well (`--secret-file new --secret-file old`), until the old sessions are \
         over.",
        "Cookies of another environment or of another application on the same host have the same name; sign out and in \
         again to see whether a fresh one opens.",
    ]));
    if report.taken().map(version) == Some(Version::V5) {
        cures.push(
            "In v5 the name is part of the key: if the cookie was renamed, say its first name with `--salt`.".to_owned(),
        );
    }
    cures
}

fn version(tried: &Tried) -> Version {
    tried.cookie.version()
}

fn no_token(report: &Report, token: &TokenClaim) -> Vec<String> {
    let pointer = token.pointer.to_string().escape_debug().to_string();
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match &token.state {
        TokenState::Fits => Vec::new(),
        TokenState::Missing => {
            if let Some(pointer) = elsewhere(report, name) {
                return vec![format!(
                    "It is at another place: `--token-claim {pointer}` here, `token: {{ claim: {pointer} }}` in the \
                     gateway's routes."
                )];
            }
            vec![
                format!(
                    "Store it in the application's `jwt` callback: `if (user) token.{name} = user.{name}`. What the \
                     `session` callback adds reaches the browser and not the cookie."
                ),
                "Sign out and in again: sessions from before the change do not have it, and `user` is there only at the \
                 sign-in."
                    .to_owned(),
            ]
        }
        TokenState::NotText(_) => {
            vec![format!(
                "Point at the text itself: `--token-claim {pointer}/accessToken`, if it is in an object of that form."
            )]
        }
        TokenState::Unsendable => lines([
            "Store the bare token, without `Bearer `, quotation marks or line breaks.",
            "If it is empty, the backend's answer at the sign-in did not have it: look at the `authorize` function.",
        ]),
    }
}

/// Where else a claim of this name is: at the top or one below, whatever its case.
fn elsewhere(report: &Report, name: &str) -> Option<String> {
    let session = report.session.as_ref()?;
    let top = holding::claims(session.claims());
    let is_plain = |key: &str| {
        key.bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
    };
    let is_it = |key: &str| is_plain(key) && key.eq_ignore_ascii_case(name);
    if let Some(key) = top.keys().find(|key| is_it(key)) {
        return Some(format!("/{key}"));
    }
    top.iter()
        .filter(|(outer, _)| is_plain(outer))
        .find_map(|(outer, raw)| {
            let inner = holding::members(raw.get());
            let key = inner.keys().find(|key| is_it(key))?;
            Some(format!("/{outer}/{key}"))
        })
}

/// The name without a chunk number.
fn whole_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((whole, number)) if number.bytes().all(|octet| octet.is_ascii_digit()) => whole,
        Some(_) | None => name,
    }
}

fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).into()
}

const SECURE: &str = "__Secure-";

/// More absent chunks than these are summed up by naming the first.
const MAX_GAPS: usize = 4;
