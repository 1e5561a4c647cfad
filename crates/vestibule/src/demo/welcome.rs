//! What the demonstration prints when it stands: what to open, whom to sign in as, what to try.

use std::io::{self, Write};
use std::net::SocketAddr;

use vestibule_gateway::Server;

use super::certificate::Certificate;
use crate::paint::{FAINT, LABEL};

/// Everything that a newcomer needs, and a test reads.
#[derive(Debug)]
pub(super) struct Welcome<'a> {
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    api: SocketAddr,
    password: &'a str,
    certificate: &'a Certificate,
    /// Whether the data outlive the demonstration.
    kept: bool,
    /// Whether `vestibule explain` knows the secret, because the environment has it.
    explains: bool,
}

impl<'a> Welcome<'a> {
    pub(super) fn new(
        server: &Server,
        api: SocketAddr,
        password: &'a str,
        certificate: &'a Certificate,
        kept: bool,
        explains: bool,
    ) -> Self {
        Self {
            http: server.address(),
            https: server.tls_address(),
            admin: server.admin_address(),
            api,
            password,
            certificate,
            kept,
            explains,
        }
    }

    /// The address to begin with.
    pub(super) fn first(&self) -> String {
        format!("http://localhost:{}/", port(self.http))
    }

    pub(super) fn print(&self, output: &mut dyn Write) -> io::Result<()> {
        let (http, https) = (port(self.http), port(self.https));
        writeln!(
            output,
            "{LABEL}Bookwell{LABEL:#} runs behind Vestibule. Open one of them:\n"
        )?;
        writeln!(output, "  http    http://localhost:{http}/login")?;
        writeln!(
            output,
            "  https   https://localhost:{https}/login  {FAINT}the browser warns: the certificate is our own{FAINT:#}"
        )?;
        if let Some(admin) = self.admin {
            writeln!(
                output,
                "  admin   http://{admin}/metrics  {FAINT}also /readyz{FAINT:#}"
            )?;
        }
        writeln!(
            output,
            "  api     http://{}/v1/openapi.json  {FAINT}behind the gateway, also /api/openapi.json in front of it{FAINT:#}",
            self.api
        )?;
        writeln!(
            output,
            "\nSign in with the password {LABEL}{}{LABEL:#} as\n",
            self.password
        )?;
        for (email, who) in bookwell::ACCOUNTS {
            writeln!(output, "  {email:26} {FAINT}{who}{FAINT:#}")?;
        }
        writeln!(output, "\nA protected call, signed out and signed in:\n")?;
        writeln!(
            output,
            "  curl -i http://localhost:{http}/api/tenant-admin/packages"
        )?;
        let explained = if self.explains {
            "; `vestibule explain` says what is in it"
        } else {
            ""
        };
        writeln!(
            output,
            "  {FAINT}then the same with -H 'Cookie: …' copied from the browser{explained}{FAINT:#}"
        )?;
        writeln!(output)?;
        if !self.kept {
            writeln!(
                output,
                "{FAINT}The data are gone when it stops; keep them with --database 'sqlite:bookwell.db?mode=rwc'.{FAINT:#}"
            )?;
        }
        writeln!(
            output,
            "{FAINT}To trust the certificate, import {}.{FAINT:#}",
            self.certificate.authority.display()
        )?;
        writeln!(output, "{FAINT}Ctrl-C stops it.{FAINT:#}")?;
        output.flush()
    }
}

fn port(address: Option<SocketAddr>) -> u16 {
    address.map_or(0, |address| address.port())
}
