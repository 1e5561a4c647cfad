//! The document that describes the API.

use std::fs;
use std::path::Path;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::call::Call;
use crate::world::{WILLOW, World};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Method, path and what is said of it.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operations.push((method, path.clone(), operation.clone()));
        }
    }
    operations
}

/// The sources of the crate.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            // The pages are no part of the API, and tests have routes of their own.
            && !path.ends_with("pages.rs")
            && !path.ends_with("tests.rs")
        {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// The names of the schemas that a source derives: `as = …`, or the type's own.
fn schemas(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut derived = None;
    for line in source.lines() {
        let line = line.trim();
        if line.starts_with("#[derive(") && line.contains("ToSchema") {
            derived = Some(None);
        }
        let Some(renamed) = &mut derived else {
            continue;
        };
        if let Some((_, rest)) = line.split_once("schema(as = ") {
            let name: String = rest
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            *renamed = Some(name);
        }
        let words: Vec<&str> = line.split([' ', '<', '(', ';']).collect();
        if let Some(place) = words
            .iter()
            .position(|word| ["struct", "enum"].contains(word))
        {
            names.push(
                renamed
                    .take()
                    .unwrap_or_else(|| words[place + 1].to_owned()),
            );
            derived = None;
        }
    }
    names
}

#[tokio::test]
async fn every_handler_is_in_the_document_and_nothing_is_served_beside_it() {
    let world = World::new().await;
    let document = world.get("/v1/openapi.json", "").await;
    assert_eq!(document.status, StatusCode::OK);
    assert_eq!(document.header("content-type"), Some("application/json"));
    assert_eq!(document.body["openapi"], "3.1.0");
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let count = |word: &str| -> usize { texts.iter().map(|text| text.matches(word).count()).sum() };
    assert_eq!(count("#[utoipa::path("), operations(&document.body).len());
    // Of two schemas with one name the document would keep one, and lie about the other.
    let mut names: Vec<String> = texts.iter().flat_map(|text| schemas(text)).collect();
    names.sort();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!((twice, names.len() > 40), (None, true), "{names:?}");
    // The document itself is the one route that it does not describe.
    assert_eq!(count(".route("), 1);
}

#[tokio::test]
async fn every_operation_is_served_and_other_methods_are_refused() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let document = world.get("/v1/openapi.json", "").await.body;
    let operations = operations(&document);
    for (_, path, _) in &operations {
        let target = path.replace("{id}", "01900000-0000-7000-8000-000000000000");
        let target = target.replace("{sha256}", &"0".repeat(64));
        for method in METHODS {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let known = operations
                .iter()
                .any(|(one, other, _)| (one, other) == (&method, path));
            let answer = Call::new(method.clone(), &target, &token)
                .send(&world)
                .await;
            let refused = answer.status == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(refused, !known, "{method} {path}: {}", answer.status);
            if refused {
                answer.is_problem(405, "method_not_allowed");
                assert!(answer.header("allow").is_some(), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn every_operation_says_who_may_call_it_and_how_it_refuses() {
    let world = World::new().await;
    let document = world.get("/v1/openapi.json", "").await.body;
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].is_string(), "{name} has no summary");
        let scheme = if path.starts_with("/v1/public/") {
            "tenant_key"
        } else {
            "bearer"
        };
        let open = [
            "/v1/auth/login",
            "/v1/auth/refresh",
            "/v1/public/assets/{sha256}",
        ];
        let security = operation["security"].as_array();
        let names_scheme =
            security.is_some_and(|all| all.iter().any(|one| one.get(scheme).is_some()));
        assert_eq!(names_scheme, !open.contains(&path.as_str()), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(
            responses.contains_key("404"),
            path.contains('{') || responses.contains_key("404"),
            "{name}"
        );
        for (status, response) in responses {
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(
                    schema["$ref"], "#/components/schemas/ProblemBody",
                    "{name} {status}"
                );
            }
        }
    }
}
