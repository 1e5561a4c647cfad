//! What the demonstration begins with.

use bookwell::{Clock, Database, seed};

use crate::world::{PASSWORD, World};

/// What the pages show on the day of the tests, straight from the rows.
const NUMBERS: &str = "SELECT slug || ' ' \
  || (SELECT COUNT(*) FROM package WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COUNT(*) FROM package WHERE tenant_id = tenant.id AND active = 1) || ' ' \
  || (SELECT COUNT(*) FROM booking WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COUNT(*) FROM blackout WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COALESCE(SUM(price_cents), 0) FROM booking WHERE tenant_id = tenant.id AND status IN ('confirmed', 'fulfilled')) \
  FROM tenant ORDER BY slug";

#[tokio::test]
async fn numbers() {
    let world = World::new().await;
    println!("{:?}", world.texts(NUMBERS).await);
}
