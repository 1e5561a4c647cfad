//! SQLite or PostgreSQL, chosen by the URL, with one schema and one SQL.
//!
//! Statements are written once, with `$1` placeholders and types that both know: texts, 64-bit integers and octets.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Executor as _, SqlStr, Transaction,
};

use crate::ids::TenantId;
use crate::problem::Problem;

/// The database of Bookwell.
#[derive(Debug, Clone)]
pub struct Database {
    pool: AnyPool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    Sqlite,
}

impl Kind {
    fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }
}

impl Database {
    /// Whether the URL is one of the two products'.
    pub fn takes(url: &str) -> bool {
        Kind::of(url).is_some()
    }

    /// Opens it and brings its schema up to date.
    ///
    /// `sqlite:bookwell.db?mode=rwc` or `postgres://user@host/bookwell`.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        install_default_drivers();
        let kind = Kind::of(url).ok_or(DatabaseError::Scheme)?;
        let options: AnyConnectOptions = url.parse().map_err(DatabaseError::Open)?;
        // The pool would try again and again: whoever refuses is to be named at once.
        let first = AnyConnection::connect_with(&options).await;
        first
            .map_err(DatabaseError::Open)?
            .close()
            .await
            .map_err(DatabaseError::Open)?;
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(SQLITE_SETTINGS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(DatabaseError::Open)?;
        migrator(kind)
            .run(&pool)
            .await
            .map_err(DatabaseError::Migrate)?;
        Ok(Self { pool, kind })
    }

    /// For statements that stand alone.
    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that will write.
    ///
    /// SQLite takes its one write lock here and waits for it, instead of failing in the middle.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind {
            Kind::Postgres => self.pool.begin().await,
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
        }
    }

    /// A transaction that only reads, and sees one moment.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind {
            Kind::Postgres => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                self.pool.begin_with(begin).await
            }
            Kind::Sqlite => self.pool.begin().await,
        }
    }

    /// Until the transaction ends, nobody else decides about this day of this tenant.
    pub(crate) async fn lock_day(
        &self,
        transaction: &mut Transaction<'static, Any>,
        tenant: TenantId,
        day: &str,
    ) -> Result<(), sqlx::Error> {
        match self.kind {
            Kind::Postgres => {
                sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, 0))) AS locked")
                    .bind(format!("{tenant} {day}"))
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }
            // The write lock of `begin` is already the only one.
            Kind::Sqlite => Ok(()),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether a statement failed because a row of this unique name is there already.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether a statement failed because other rows refer to the row, or the row that it refers to is not there.
pub(crate) fn is_in_use(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}

/// Whether a transaction failed only because of another one: a serialisation failure, a deadlock, a locked file.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| TRANSIENT.contains(&code.as_ref()))
}

/// Does a whole transaction once more when another one was in its way, up to three times.
pub(crate) async fn retried<T, F>(mut once: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    for _ in 0..RETRIES {
        match once().await {
            Err(problem) if problem.is_transient() => {}
            done => return done,
        }
    }
    once().await
}

fn migrator(kind: Kind) -> Migrator {
    let octets = match kind {
        Kind::Postgres => "BYTEA",
        Kind::Sqlite => "BLOB",
    };
    let migrations = MIGRATIONS.iter().zip(1..).map(|((name, sql), version)| {
        let sql: SqlStr =
            sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql.replace("BYTES", octets)));
        Migration::new(version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// In their order; what was released never changes.
const MIGRATIONS: [(&str, &str); 1] =
    [("bookwell", include_str!("../migrations/0001_bookwell.sql"))];

const SQLITE_SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000;";

const MAX_CONNECTIONS: u32 = 8;

/// PostgreSQL: `serialization_failure`, `deadlock_detected`; SQLite: `SQLITE_BUSY`, `SQLITE_BUSY_SNAPSHOT`.
const TRANSIENT: [&str; 4] = ["40001", "40P01", "5", "517"];

const RETRIES: u32 = 3;

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The schema does not come up to date.
    #[error("failed to bring the schema of the database up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The server or the file does not answer.
    #[error("failed to open the database")]
    Open(#[source] sqlx::Error),
    /// Another product's URL.
    #[error("the database's URL begins with neither `sqlite:` nor `postgres:`")]
    Scheme,
}
