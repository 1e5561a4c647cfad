//! An app for the tests of a part: a seeded database of its own, and a clock that stands still until it is told.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

use super::{App, Settings};
use crate::clock::Clock;
use crate::database::Database;
use crate::ids::{AccountId, TenantId};
use crate::seed::seed;
use crate::token::{Kind, Role, Subject};

/// Goes, and takes its database with it.
pub(crate) struct Fixture {
    pub(crate) app: App,
    second: Arc<AtomicI64>,
    file: PathBuf,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("bookwell-part-{}-{count}.db", std::process::id());
        let file = std::env::temp_dir().join(name);
        let second = Arc::new(AtomicI64::new(1_779_289_200));
        let clock = {
            let second = Arc::clone(&second);
            Clock::new(move || Timestamp::from_second(second.load(Ordering::SeqCst)).unwrap())
        };
        let database = Database::open(&format!("sqlite:{}?mode=rwc", file.display()))
            .await
            .unwrap();
        seed(&database, &clock, PASSWORD).await.unwrap();
        let app = App::new(Settings {
            database,
            token_key: vec![7; 32],
            clock,
            provider: crate::assistant::ProviderSettings::Builtin {
                pace: std::time::Duration::ZERO,
            },
        });
        Self { app, second, file }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.second.fetch_add(seconds, Ordering::SeqCst);
    }

    /// One of the seeded businesses.
    pub(crate) async fn tenant(&self, slug: &'static str) -> TenantId {
        let id: String = sqlx::query_scalar("SELECT id FROM tenant WHERE slug = $1")
            .bind(slug)
            .fetch_one(self.app.database().pool())
            .await
            .unwrap();
        TenantId::parse(&id).unwrap()
    }

    /// What the owner of a business sends as `Authorization`.
    pub(crate) fn bearer(&self, tenant: TenantId) -> String {
        let subject = Subject {
            account: AccountId::new(self.app.now()),
            kind: Kind::Tenant,
            tenant: Some(tenant),
            role: Role::TenantAdmin,
            family: Uuid::new_v4().to_string(),
        };
        let token = self.app.tokens().write(subject, self.app.now(), 7200);
        format!("Bearer {}", token.unwrap())
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

pub(crate) const PASSWORD: &str = "secret";
