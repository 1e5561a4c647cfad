//! Every operation of the document, called by one business with every id of another: nothing is found, and nothing changes.
//!
//! The operations come from the OpenAPI document and the bodies from its schemas, so a new operation is here by itself.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Map, Value, json};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Column as _, Row as _};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{Answer, HARBOR, WILLOW, World};

/// Where a business has rows with ids.
const TABLES: [&str; 8] = [
    "agent_message",
    "agent_session",
    "asset",
    "blackout",
    "booking",
    "customer",
    "package",
    "proposal",
];

/// What belongs to the other business, ids of each kind.
const IDS_OF_A_KIND: usize = 2;

#[tokio::test]
async fn no_business_reaches_another() {
    for world in worlds().await {
        let pool = world.pool().await;
        let (ours, theirs) = (
            tenant(&pool, "willow-pine").await,
            tenant(&pool, "harbor-light").await,
        );
        furnish(&pool, &theirs, HARBOR).await;
        let before = rows_of(&pool, &theirs).await;
        let ids = ids_of(&pool, &theirs).await;
        assert_eq!(ids.len(), TABLES.len());
        let key = text(&pool, "SELECT public_key FROM tenant WHERE id = $1", &ours).await;

        let document = world.get("/v1/openapi.json", "").await.body;
        let (mut with_ids, mut calls) = (0, 0);
        let mut token = String::new();
        for operation in operations(&document) {
            // Another window for every limit, and a token that lives.
            world.advance(901);
            if calls % 7 == 0 {
                token = world.sign_in(WILLOW).await;
            }
            calls += 1;
            let foreign: Vec<&String> = ids.values().flatten().collect();
            if operation.takes_an_id() {
                with_ids += 1;
                for id in foreign {
                    let answer = operation.call(&world, &token, &key, id).await;
                    assert_eq!(
                        answer.status, 404,
                        "{operation:?} with {id}: {}",
                        answer.body
                    );
                }
            } else {
                let answer = operation.call(&world, &token, &key, "").await;
                assert!(
                    answer.status.as_u16() < 500,
                    "{operation:?}: {}",
                    answer.body
                );
                let body = answer.body.to_string();
                for id in foreign {
                    assert!(!body.contains(id), "{operation:?} shows {id}");
                }
            }
            let after = rows_of(&pool, &theirs).await;
            assert!(after == before, "{operation:?} changed what is another's");
        }
        assert!(with_ids >= 10, "{with_ids} operations take ids");
        pool.close().await;
    }
}

/// What one business has does not stand in another's way, nor is it counted or listed there.
#[tokio::test]
async fn days_and_numbers_are_each_businesss_own() {
    for world in worlds().await {
        let (willow, harbor) = (world.sign_in(WILLOW).await, world.sign_in(HARBOR).await);
        let numbers = async |token: &str| {
            let mut stats = world.get("/v1/tenant-admin/stats", token).await.body;
            stats.as_object_mut().unwrap().remove("as_of");
            stats
        };
        let before = numbers(&willow).await;
        let packages = world
            .get("/v1/tenant-admin/packages?active=true", &harbor)
            .await
            .body;
        let booking = |package: &Value, day: &str| {
            json!({
                "package_id": package["id"], "event_date": day,
                "customer": {"name": "Theirs", "email": "shared@example.test"},
            })
        };
        let wanted = booking(&packages["items"][0], "2028-01-14");
        let booked = world
            .post("/v1/tenant-admin/bookings", &harbor, wanted)
            .await;
        assert_eq!(booked.status, 201, "{}", booked.body);
        let off = json!({"day": "2028-01-15"});
        let off = world.post("/v1/tenant-admin/blackouts", &harbor, off).await;
        assert_eq!(off.status, 201, "{}", off.body);
        assert_eq!(numbers(&willow).await, before);

        let packages = world
            .get("/v1/tenant-admin/packages?active=true", &willow)
            .await
            .body;
        for day in ["2028-01-14", "2028-01-15"] {
            let mut wanted = booking(&packages["items"][0], day);
            wanted["customer"]["name"] = json!("Ours");
            let booked = world
                .post("/v1/tenant-admin/bookings", &willow, wanted)
                .await;
            assert_eq!(booked.status, 201, "{}", booked.body);
            assert_eq!(booked.body["customer"]["name"], "Ours");
        }
        let names = "SELECT name FROM customer WHERE email = 'shared@example.test' ORDER BY name";
        assert_eq!(world.texts(names).await, ["Ours", "Theirs"]);
        let day = json!({"day": "2028-01-16"});
        let theirs = world
            .post("/v1/tenant-admin/blackouts", &harbor, day.clone())
            .await;
        let ours = world.post("/v1/tenant-admin/blackouts", &willow, day).await;
        assert_eq!((theirs.status.as_u16(), ours.status.as_u16()), (201, 201));
    }
}

/// Both have a page, at the same version, so that only the business tells them apart.
#[tokio::test]
async fn a_page_is_each_businesss_own() {
    const PATH: &str = "/v1/tenant-admin/landing-page";
    for world in worlds().await {
        let tokens = [world.sign_in(WILLOW).await, world.sign_in(HARBOR).await];
        world.execute("UPDATE landing_page SET version = 1").await;
        for (token, headline) in tokens.iter().zip(["Willow", "Harbor"]) {
            let sections = json!([{"type": "hero", "headline": headline}]);
            let body = json!({"pages": {"home": {"enabled": true, "sections": sections}}});
            let saved = Call::put(&format!("{PATH}/draft"), token)
                .if_match(1)
                .json(&body);
            assert_eq!(saved.send(&world).await.status, 200);
        }
        let headline = async |token: &str, document: &str| {
            let page = world.get(PATH, token).await.body;
            page[document]["pages"]["home"]["sections"][0]["headline"].clone()
        };
        let [willow, harbor] = &tokens;
        assert_eq!(headline(willow, "draft").await, "Willow");
        assert_eq!(headline(harbor, "draft").await, "Harbor");
        let published = Call::post(&format!("{PATH}/publish"), willow)
            .if_match(2)
            .send(&world)
            .await;
        assert_eq!(published.status, 200, "{}", published.body);
        assert_eq!(headline(willow, "published").await, "Willow");
        assert_ne!(headline(harbor, "published").await, "Harbor");
        assert_eq!(headline(harbor, "draft").await, "Harbor");
        let gone = Call::delete(&format!("{PATH}/draft"), harbor)
            .if_match(2)
            .send(&world)
            .await;
        assert_eq!(gone.status, 204);
        assert_eq!(headline(harbor, "draft").await, Value::Null);
        assert_eq!(headline(willow, "published").await, "Willow");
    }
}

/// One operation of the document.
struct Operation {
    method: Method,
    path: String,
    content: Option<(String, Value)>,
    needs_version: bool,
    schemas: Value,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Those that a business or its visitors call.
fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let families = ["/v1/tenant-admin/", "/v1/agent/", "/v1/public/"];
        if !families.iter().any(|family| path.starts_with(family)) || path.contains("{sha256}") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let content = operation["requestBody"]["content"].as_object();
            let content = content.and_then(|content| content.iter().next());
            let parameters = operation["parameters"].as_array();
            operations.push(Operation {
                method,
                path: path.clone(),
                content: content.map(|(kind, body)| (kind.clone(), body["schema"].clone())),
                needs_version: parameters
                    .is_some_and(|all| all.iter().any(|one| one["name"] == "If-Match")),
                schemas: document["components"]["schemas"].clone(),
            });
        }
    }
    assert!(operations.len() >= 20);
    operations
}

impl Operation {
    fn takes_an_id(&self) -> bool {
        let body = self
            .content
            .as_ref()
            .map(|(_, schema)| example(schema, &self.schemas, MARK));
        self.path.contains('{') || body.is_some_and(|body| body.to_string().contains(MARK))
    }

    async fn call(&self, world: &World, token: &str, key: &str, id: &str) -> Answer {
        let path: Vec<&str> = self
            .path
            .split('/')
            .map(|segment| {
                if segment.starts_with('{') {
                    id
                } else {
                    segment
                }
            })
            .collect();
        let mut request = Request::builder().method(&self.method).uri(path.join("/"));
        request = if self.path.starts_with("/v1/public/") {
            request.header("x-tenant-key", key)
        } else {
            request.header("authorization", format!("Bearer {token}"))
        };
        if self.needs_version {
            request = request.header("if-match", "\"1\"");
        }
        let body = match &self.content {
            Some((kind, _)) if kind.starts_with("multipart/") => {
                request = request.header("content-type", "multipart/form-data; boundary=limit");
                let name = if self.path.ends_with("/logo") {
                    "logo"
                } else {
                    "photo"
                };
                Body::from(format!(
                    "--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nRIFF0000WEBP\r\n--limit--\r\n"
                ))
            }
            Some((_, schema)) => {
                request = request.header("content-type", "application/json");
                Body::from(example(schema, &self.schemas, id).to_string())
            }
            None => Body::empty(),
        };
        world.request(request.body(body).unwrap()).await
    }
}

/// A value that the schema allows; every id in it is this one.
fn example(schema: &Value, schemas: &Value, id: &str) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return example(&schemas[name], schemas, id);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(schemas_of) = schema[several].as_array() {
            let first = schemas_of.iter().find(|one| one["type"] != "null").unwrap();
            return example(first, schemas, id);
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    let kinds = schema["type"].as_array();
    let kind = kinds.and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
    let kind = kind.unwrap_or(&schema["type"]);
    match kind.as_str().unwrap_or("object") {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!(id),
            Some("date") => json!("2028-04-01"),
            Some("email") => json!("somebody@example.test"),
            Some("uri") => json!("https://example.test/"),
            _ if schema["pattern"]
                .as_str()
                .is_some_and(|pattern| pattern.starts_with("^#")) =>
            {
                json!("#102030")
            }
            _ => json!(
                "a".repeat(
                    usize::try_from(schema["minLength"].as_u64().unwrap_or(1))
                        .unwrap()
                        .max(1)
                )
            ),
        },
        "integer" | "number" => schema["minimum"].as_i64().unwrap_or(1).into(),
        "boolean" => json!(true),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0);
            let is_id = schema["items"]["format"] == "uuid"
                || example(&schema["items"], schemas, MARK)
                    .to_string()
                    .contains(MARK);
            (0..count.max(u64::from(is_id)))
                .map(|_| example(&schema["items"], schemas, id))
                .collect()
        }
        _ => {
            let none = Map::new();
            let properties = schema["properties"].as_object().unwrap_or(&none);
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            properties
                .iter()
                .filter_map(|(name, schema)| {
                    let value = example(schema, schemas, id);
                    // Optional members that are ids are tried as well.
                    let names_an_id = example(schema, schemas, MARK).to_string().contains(MARK);
                    (required.iter().any(|one| one == name) || names_an_id)
                        .then(|| (name.clone(), value))
                })
                .collect::<Map<_, _>>()
                .into()
        }
    }
}

/// Stands for an id where only its place matters.
const MARK: &str = "00000000-0000-7000-8000-00000000feed";

async fn tenant(pool: &AnyPool, slug: &str) -> String {
    text(pool, "SELECT id FROM tenant WHERE slug = $1", slug).await
}

async fn text(pool: &AnyPool, sql: &'static str, argument: &str) -> String {
    sqlx::query_scalar(sql)
        .bind(argument)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Gives a business one row of each kind that the seed does not write.
async fn furnish(pool: &AnyPool, tenant: &str, email: &str) {
    let statements = [
        "INSERT INTO asset (id, tenant_id, kind, content, media_type, sha256, created_at) \
         SELECT '01900000-0000-7000-8000-000000000001', id, 'photo', '', 'image/png', 'x', 0 FROM tenant WHERE id = $1",
        "UPDATE package SET photo_asset_id = '01900000-0000-7000-8000-000000000001' WHERE tenant_id = $1",
        "INSERT INTO blackout (id, tenant_id, day, created_at) \
         SELECT '01900000-0000-7000-8000-000000000005', id, '2028-04-02', 0 FROM tenant WHERE id = $1",
        "INSERT INTO agent_session (id, tenant_id, kind, account_id, created_at, updated_at) \
         SELECT '01900000-0000-7000-8000-000000000002', tenant_id, 'admin', id, 1779289200000, 1779289200000 FROM account WHERE tenant_id = $1",
        "INSERT INTO agent_message (id, tenant_id, session_id, seq, author, text, created_at) \
         SELECT '01900000-0000-7000-8000-000000000003', id, '01900000-0000-7000-8000-000000000002', 1, 'user', 'Hello', 0 FROM tenant WHERE id = $1",
        "INSERT INTO proposal (id, tenant_id, session_id, tool, tier, reason, payload, preview, state, expires_at, created_at, updated_at) \
         SELECT '01900000-0000-7000-8000-000000000004', id, '01900000-0000-7000-8000-000000000002', 'publish_landing_page', 'T3', 'publishes', '{}', 'x', \
         'pending', 4000000000000, 0, 0 FROM tenant WHERE id = $1",
        // The matrix sends version 1 to whatever has a version.
        "UPDATE landing_page SET draft = published, version = 1 WHERE tenant_id = $1",
    ];
    for statement in statements {
        let done = sqlx::query(statement)
            .bind(tenant)
            .execute(pool)
            .await
            .unwrap();
        assert!(done.rows_affected() > 0, "{statement} for {email}");
    }
}

/// Some ids of each kind.
async fn ids_of(pool: &AnyPool, tenant: &str) -> BTreeMap<&'static str, Vec<String>> {
    let mut ids = BTreeMap::new();
    for table in TABLES {
        let sql = AssertSqlSafe(format!(
            "SELECT id FROM {table} WHERE tenant_id = $1 ORDER BY id DESC"
        ));
        let all: Vec<String> = sqlx::query_scalar(sql)
            .bind(tenant)
            .fetch_all(pool)
            .await
            .unwrap();
        ids.insert(table, all.into_iter().take(IDS_OF_A_KIND).collect());
    }
    ids
}

/// Everything that a business has, as text.
async fn rows_of(pool: &AnyPool, tenant: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let tables = TABLES.iter().map(|table| (*table, "tenant_id"));
    for (table, column) in tables.chain([("landing_page", "tenant_id"), ("tenant", "id")]) {
        let sql = AssertSqlSafe(format!("SELECT * FROM {table} WHERE {column} = $1"));
        let found = sqlx::query(sql).bind(tenant).fetch_all(pool).await.unwrap();
        let mut found: Vec<String> = found
            .iter()
            .map(|row| format!("{table} {}", shown(row)))
            .collect();
        found.sort();
        rows.extend(found);
    }
    rows
}

fn shown(row: &AnyRow) -> String {
    let columns = row.columns().iter().map(|column| {
        let place = column.ordinal();
        let value = row
            .try_get::<Option<String>, _>(place)
            .map(|text| format!("{text:?}"))
            .or_else(|_| {
                row.try_get::<Option<i64>, _>(place)
                    .map(|number| format!("{number:?}"))
            })
            .or_else(|_| {
                row.try_get::<Option<Vec<u8>>, _>(place)
                    .map(|octets| format!("{octets:?}"))
            });
        format!("{}={}", column.name(), value.unwrap())
    });
    columns.collect::<Vec<_>>().join(" ")
}
