//! The step that holds Bookwell's API to its document, by requests that schemathesis makes from it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::command::{at_root, run};
use crate::repository;
use crate::tally::Tally;

/// Serves a seeded API, and asks it everything that its document allows, and much that it does not.
pub(super) fn check() -> Tally {
    let venv = repository::target().join("openapi/venv");
    let requirements = "demo/bookwell/openapi/requirements.txt";
    let python = venv.join("bin/python");
    if !python.is_file() {
        let mut make = at_root("python3", ["-m", "venv"]);
        make.arg(&venv);
        if !run(make) {
            return Tally::FAILED;
        }
    }
    let mut install = at_root(
        &python.to_string_lossy(),
        [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
            requirements,
        ],
    );
    install.env_remove("PYTHONPATH");
    let build = at_root(
        "cargo",
        ["build", "--package", "bookwell", "--example", "serve"],
    );
    if !run(install) || !run(build) {
        return Tally::FAILED;
    }
    let server = Server::start();
    let Some((server, address)) = server
        .as_ref()
        .and_then(|server| Some((server, server.said("address")?)))
    else {
        println!("the example `serve` of bookwell does not say its address");
        return Tally::FAILED;
    };
    let schemathesis = venv.join("bin/schemathesis");
    let mut tally = Tally::default();
    for (caller, choice) in CALLERS {
        let (Some(token), Some(key)) = (server.said(caller), server.said("key")) else {
            println!("the example `serve` of bookwell gives no token for {caller}, or no key");
            return Tally::FAILED;
        };
        let mut run_it = at_root(
            &schemathesis.to_string_lossy(),
            [
                "--config-file",
                "demo/bookwell/openapi/schemathesis.toml",
                "run",
            ],
        );
        run_it
            .args([choice, "^/v1/admin/"])
            .arg(format!("{address}/v1/openapi.json"))
            // The configuration takes them from here.
            .env("BOOKWELL_TOKEN", token)
            .env("BOOKWELL_TENANT_KEY", key);
        tally += Tally::of(run(run_it));
    }
    tally
}

/// Who asks for what.
const CALLERS: [(&str, &str); 2] = [
    ("owner", "--exclude-path-regex"),
    ("admin", "--include-path-regex"),
];

/// A running API; it ends when its input does.
struct Server {
    child: Child,
    /// What it said at start: a name, and what has that name.
    said: Vec<(String, String)>,
}

impl Server {
    fn start() -> Option<Self> {
        let program = repository::target().join("debug/examples/serve");
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let lines = BufReader::new(child.stdout.take()?).lines();
        let words = lines.map_while(Result::ok).take(LINES).filter_map(|line| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.to_owned()))
        });
        let said = words.collect();
        Some(Self { child, said })
    }

    fn said(&self, name: &str) -> Option<&str> {
        let found = self.said.iter().find(|(said, _)| said == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The address, two tokens and a key.
const LINES: usize = 4;
