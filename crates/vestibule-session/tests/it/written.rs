//! The other direction: sessions and CSRF cookies that we write, for the real packages to open.
//!
//! The lines go to `target/vectors/written.jsonl`, as `vectors/generate/read.mjs` reads them; `cargo xtask test`
//! has it open them all. Random octets are counted here so that each run writes the same file.

use std::fs::{self, File};
use std::io::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use vestibule_session::{
    CookieName, Csrf, Reader, Rules, Scheme, Secret, Version, Writer, session_cookie_name,
};

use crate::repository;

const NOW: u64 = 1_790_000_000;
const MAX_AGE: u64 = 3600;

const NEW: &str = "written-secret-new-9d41f7a2c05e8b36";
const OLD: &str = "written-secret-old-27b80e5d1f93ac64";

const ADA: &str = r#"{"name":"Ada Lovelace","email":"ada@example.com","sub":"u-1001","backendToken":"bt_0123456789"}"#;
const UNICODE: &str = r#"{"sub":"u-1","name":"Zoë 李 😀","ключ \"a/b~c\"":"\u0000\u2028\ud83d\ude00\\","tags":["ß",null,-1.5e3,{"":true}]}"#;
const LONE_SURROGATE: &str = r#"{"sub":"u-1","bio":"x\ud800y","end":"\udfff"}"#;
/// What the application says about these three does not count.
const OVERWRITTEN: &str = r#"{"iat":1,"sub":"u-1","exp":2,"jti":null}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionLine<'a> {
    version: &'a str,
    cookie_name: &'a str,
    secret: &'a serde_json::Value,
    cookie_header: String,
    now: u64,
    expect_claims: Box<RawValue>,
}

#[derive(Serialize)]
struct CsrfLine<'a> {
    version: &'a str,
    csrf: CsrfPair<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CsrfPair<'a> {
    cookie_value: &'a str,
    token: &'a str,
    secret: &'a serde_json::Value,
}

/// Collects lines and never gives the same random octets twice.
#[derive(Default)]
struct Lines {
    text: Vec<String>,
    drawn: u8,
}

impl Lines {
    fn random(&mut self) -> [u8; 32] {
        self.drawn += 1;
        [self.drawn; 32]
    }

    /// One session: sealed with `secret`, read with `given`.
    fn session(
        &mut self,
        name: &CookieName,
        secret: &str,
        given: &serde_json::Value,
        claims: &str,
    ) {
        let writer = Writer::new(&Secret::new(secret).unwrap(), name.clone());
        let token = writer.encode(claims, NOW, MAX_AGE, self.random()).unwrap();
        // The jar of a browser that had nothing before, with other people's cookies around.
        let set = writer.set_cookies(&token, NOW + MAX_AGE, []);
        let ours = set.iter().filter_map(|line| line.split(';').next());
        let cookies: Vec<_> = ["theme=dark"]
            .into_iter()
            .chain(ours)
            .chain(["_ga=GA1.1"])
            .collect();
        let cookie_header = cookies.join("; ");
        assert_eq!(opened(name, secret, &cookie_header), expected(claims));
        let line = SessionLine {
            version: name.version().as_str(),
            cookie_name: name.as_str(),
            secret: given,
            cookie_header,
            now: NOW,
            expect_claims: RawValue::from_string(expected(claims)).unwrap(),
        };
        self.text.push(serde_json::to_string(&line).unwrap());
    }

    fn csrf(&mut self, version: Version, scheme: Scheme, secrets: &[&str]) {
        let all: Vec<_> = (secrets.iter())
            .map(|text| Secret::new(*text).unwrap())
            .collect();
        let csrf = Csrf::new(&all, version, scheme);
        let token = csrf.issue(self.random());
        let cookie = csrf.set_cookie(&token);
        let (_, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        let secret = match secrets {
            [one] => serde_json::json!(one),
            [..] => serde_json::json!(secrets),
        };
        let line = CsrfLine {
            version: version.as_str(),
            csrf: CsrfPair {
                cookie_value: value,
                token: token.as_str(),
                secret: &secret,
            },
        };
        self.text.push(serde_json::to_string(&line).unwrap());
    }
}

/// The claims with the two times that the writer adds, without its `jti`.
fn expected(claims: &str) -> String {
    let claims = if claims == OVERWRITTEN {
        r#"{"sub":"u-1"}"#
    } else {
        claims
    };
    let open = claims.strip_suffix('}').unwrap();
    format!(r#"{open},"iat":{NOW},"exp":{}}}"#, NOW + MAX_AGE)
}

/// What our own reader finds, less the `jti`.
fn opened(name: &CookieName, secret: &str, header: &str) -> String {
    let rules = Rules {
        cookies: vec![name.clone()],
        ..Rules::default()
    };
    let reader = Reader::new(&[Secret::new(secret).unwrap()], rules);
    let scheme = if name.is_secure() {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let session = reader.open([header.as_bytes()], scheme, NOW).unwrap();
    let json = session.claims().as_json();
    let (claims, _) = json.rsplit_once(r#","jti":"#).unwrap();
    // The writer keeps the text of values; of names it keeps the meaning.
    format!("{claims}}}")
}

/// Claims whose token takes `count` cookies: a chunk carries 3,936 characters, so 2,952 octets.
fn large(count: usize) -> String {
    let value = "0123456789abcdef".repeat(2952 / 16 * (count - 1) + 40);
    format!(r#"{{"sub":"u-1","groups":"{value}"}}"#)
}

#[test]
fn written_sessions_are_left_for_the_real_packages() {
    let mut lines = Lines::default();
    let (new, both) = (serde_json::json!(NEW), serde_json::json!([NEW, OLD]));
    let sizes = [ADA.to_owned(), large(3), large(12)];
    let odd = [UNICODE, LONE_SURROGATE, OVERWRITTEN].map(str::to_owned);
    for version in [Version::V4, Version::V5] {
        for scheme in [Scheme::Http, Scheme::Https] {
            let name = session_cookie_name(version, scheme);
            for claims in sizes.iter().chain(&odd) {
                lines.session(&name, NEW, &new, claims);
            }
            if version == Version::V5 {
                lines.session(&name, NEW, &both, ADA);
                lines.session(&name, OLD, &both, &large(3));
            }
            lines.csrf(version, scheme, &[NEW]);
        }
        let custom = CookieName::new("sid", version).unwrap();
        lines.session(&custom, NEW, &new, &large(3));
    }
    lines.csrf(Version::V5, Scheme::Https, &[NEW, OLD]);
    assert_eq!(lines.text.len(), 24 + 4 + 4 + 2 + 1);

    let file = repository::in_target("vectors/written.jsonl");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut file = File::create(file).unwrap();
    for line in &lines.text {
        writeln!(file, "{line}").unwrap();
    }
}

#[test]
fn the_sizes_that_are_written_take_the_chunks_they_say() {
    for version in [Version::V4, Version::V5] {
        let writer = Writer::new(
            &Secret::new(NEW).unwrap(),
            session_cookie_name(version, Scheme::Http),
        );
        for count in [3, 12] {
            let token = writer.encode(&large(count), NOW, MAX_AGE, [7; 32]).unwrap();
            assert_eq!(writer.chunks(&token).len(), count);
        }
    }
}
