//! The programs of the comparison: started, pinned to a core, stopped.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use super::session::{self, Sessions};
use crate::{prerequisite, repository};

/// The gateway's core, and the one of everything else.
const FRONT_CORE: &str = "0";
pub(super) const OTHER_CORE: &str = "1";

/// The answers of the backend.
const ITEM: usize = 1_000;
const LARGE: usize = 64 * 1024;

/// A child that does not outlive the comparison.
struct Server(Child);

impl Server {
    /// Starts it and waits until it takes connections.
    fn start(mut command: Command, port: u16) -> Result<Self, String> {
        let name = format!("{command:?}");
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let mut server = Self(child);
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            if let Ok(Some(status)) = server.0.try_wait() {
                return Err(format!("{name} ended at its start: {status}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("{name} takes no connection after 10 s"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx's worker ends with its master only if the master is asked and not killed.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// What both forward to.
pub(super) struct Backend {
    _server: Server,
    port: u16,
}

impl Backend {
    pub(super) fn start(folder: &Path) -> Result<Self, String> {
        let folder = folder.join("backend");
        let port = free_port()?;
        make(&folder)?;
        write(
            &folder.join("large.json"),
            &format!("\"{}\"", "x".repeat(LARGE - 2)),
        )?;
        let text = template("upstream.conf")?
            .replace("@UPSTREAM@", &port.to_string())
            .replace("@FOLDER@", &folder.display().to_string())
            .replace("@ITEM@", &"x".repeat(ITEM));
        let server = Server::start(nginx(&folder, &text, OTHER_CORE)?, port)?;
        Ok(Self {
            _server: server,
            port,
        })
    }
}

/// A gateway under test.
pub(super) struct Front {
    name: &'static str,
    server: Server,
    port: u16,
}

impl Front {
    pub(super) fn nginx(folder: &Path, backend: &Backend) -> Result<Self, String> {
        let port = free_port()?;
        make(folder)?;
        let text = filled("nginx.conf", port, backend)?.replace("@TOKEN@", &session::bearer());
        let server = Server::start(nginx(folder, &text, FRONT_CORE)?, port)?;
        Ok(Self {
            name: "nginx",
            server,
            port,
        })
    }

    pub(super) fn vestibule(
        program: &Path,
        folder: &Path,
        backend: &Backend,
    ) -> Result<Self, String> {
        let port = free_port()?;
        make(folder)?;
        let file = folder.join("vestibule.yaml");
        let text =
            filled("vestibule.yaml", port, backend)?.replace("@ADMIN@", &free_port()?.to_string());
        write(&file, &text)?;
        let mut command = pinned(FRONT_CORE, program);
        command.args(["serve", "-c"]).arg(&file);
        // nginx writes no access log either.
        command
            .env("AUTH_SECRET", session::SECRET)
            .env("RUST_LOG", "warn");
        let server = Server::start(command, port)?;
        Ok(Self {
            name: "vestibule",
            server,
            port,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn pid(&self) -> u32 {
        self.server.0.id()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The backend gets the bearer and no cookie, whichever cookie came.
    pub(super) fn has_the_work(&self, sessions: &Sessions) -> Result<(), String> {
        let expected = format!("authorization=Bearer {};cookie=;", session::bearer());
        for cookie in [&sessions.one, &sessions.four] {
            let answer = self
                .ask("/api/agent/seen", cookie)
                .map_err(|error| format!("{}: {error}", self.name))?;
            if !answer.ends_with(&expected) {
                let start: String = answer.chars().take(400).collect();
                return Err(format!(
                    "{} does not do the work that is compared:\n{start}",
                    self.name
                ));
            }
        }
        Ok(())
    }

    fn ask(&self, path: &str, cookie: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

pub(super) fn nginx_program() -> Option<PathBuf> {
    prerequisite::find("nginx")
}

/// A command that stays on one core.
pub(super) fn pinned(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core]).arg(program);
    command
}

fn nginx(folder: &Path, text: &str, core: &str) -> Result<Command, String> {
    let file = folder.join("nginx.conf");
    write(&file, text)?;
    let program = nginx_program().ok_or("nginx is missing")?;
    let mut command = pinned(core, &program);
    command
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(&file)
        .args(["-e", "stderr"]);
    Ok(command)
}

fn filled(name: &str, port: u16, backend: &Backend) -> Result<String, String> {
    let text = template(name)?;
    Ok(text
        .replace("@FRONT@", &port.to_string())
        .replace("@UPSTREAM@", &backend.port.to_string()))
}

fn template(name: &str) -> Result<String, String> {
    let file = repository::root().join("bench").join(name);
    fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}
