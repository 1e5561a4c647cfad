//! A real PostgreSQL for the tests, from the machine's packages, over a Unix socket in a folder of its own.
//!
//! `worlds()` gives a seeded API over each database that there is; a test that loops over it proves the same for both.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use bookwell::Database;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tokio::sync::OnceCell;

use crate::world::World;

/// A seeded API over SQLite, and one over PostgreSQL where it is installed.
pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = vec![World::new().await];
    if let Some(url) = new_database().await {
        worlds.push(World::over(&url).await);
    }
    worlds
}

/// The server, which ends with the tests: its script waits for the end of its input, and then removes everything.
struct Server {
    folder: String,
    _script: Child,
    _output: BufReader<ChildStdout>,
}

impl Server {
    fn url(&self, database: &str) -> String {
        let folder = self.folder.replace('/', "%2F");
        format!("postgres://bookwell@localhost/{database}?host={folder}")
    }
}

/// The URL of a database of its own, a copy of one that was seeded once.
async fn new_database() -> Option<String> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = server().await.as_ref()?;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    create(server, &format!("CREATE DATABASE {name} TEMPLATE seeded")).await;
    Some(server.url(&name))
}

async fn server() -> &'static Option<Server> {
    static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            let server = start()?;
            create(&server, "CREATE DATABASE seeded").await;
            let world = World::over(&server.url("seeded")).await;
            // A template must not be in use.
            world.database.close().await;
            Some(server)
        })
        .await
}

/// Starts it, or says what is missing.
fn start() -> Option<Server> {
    // A server refuses to run as root.
    let is_root = output("id", &["-u"]).as_deref() == Some("0");
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let mut script = command
        .args(["-c", SCRIPT])
        .current_dir("/")
        // Whatever ends the tests, an interruption of their whole group included, leaves the script to clean up.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(script.stdout.take().unwrap());
    let mut folder = String::new();
    output.read_line(&mut folder).unwrap();
    if folder.trim() == "missing" {
        script.wait().unwrap();
        println!("not run on PostgreSQL, which is missing: apt-get install postgresql");
        return None;
    }
    // What is installed and does not start is no reason to leave the checks out.
    assert!(!folder.is_empty(), "PostgreSQL does not start");
    Some(Server {
        folder: folder.trim().to_owned(),
        _script: script,
        _output: output,
    })
}

async fn create(server: &Server, statement: &str) {
    install_default_drivers();
    let mut connection = AnyConnection::connect(&server.url("postgres"))
        .await
        .unwrap();
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// Prints its folder when the server answers, or that there is no server.
const SCRIPT: &str = r#"
for bin in /usr/lib/postgresql/*/bin; do PATH="$bin:$PATH"; done
command -v initdb >/dev/null || { echo missing; exit; }
folder=$(mktemp -d) || exit 1
trap 'pg_ctl stop --silent --mode immediate -D "$folder/data" >/dev/null 2>&1; rm -rf "$folder"' EXIT
trap exit HUP INT TERM
initdb --no-sync --auth trust --username bookwell --encoding UTF8 --locale C.UTF-8 -D "$folder/data" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
options="-k $folder -c listen_addresses= -c fsync=off -c max_connections=300"
pg_ctl start --wait --silent -D "$folder/data" -l "$folder/log" -o "$options" </dev/null >/dev/null || { cat "$folder/log" >&2; exit 1; }
echo "$folder"
read -r _
"#;

#[tokio::test]
async fn the_schema_comes_up_and_opens_again() {
    let Some(url) = new_database().await else {
        return;
    };
    for _ in 0..2 {
        let database = Database::open(&url).await.unwrap();
        database.close().await;
    }
}
