//! `explain` gives the outcomes of the session vectors that the real packages made.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::runner::{directory, file, vestibule};

#[derive(Deserialize)]
struct Vectors {
    count: usize,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    version: String,
    secrets: Vec<String>,
    cookie_name: String,
    salt: String,
    now: u64,
    cookie_header: Option<String>,
    authorization: Option<String>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    outcome: String,
    accept_also: Vec<String>,
    claims: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Report {
    outcome: String,
    cause: Option<String>,
    claims: Option<Box<RawValue>>,
}

#[test]
fn every_public_vector_has_its_outcome_on_the_command_line() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/public.json");
    let text = std::fs::read_to_string(path).unwrap();
    let vectors: Vectors = serde_json::from_str(&text).unwrap();
    assert_eq!((vectors.vectors.len(), vectors.count), (93, 93));
    let directory = directory("vectors");
    let wrong: Vec<_> = (vectors.vectors.iter())
        .filter_map(|vector| check(vector, &directory).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(vector: &Vector, directory: &Path) -> Result<(), String> {
    let Vector { id, expected, .. } = vector;
    let now = vector.now.to_string();
    let mut run = vestibule(&["explain", "--format", "json", "--show-claims"]).arguments(&[
        "--cookie-name",
        &vector.cookie_name,
        "--salt",
        &vector.salt,
        "--version",
        &vector.version,
        "--now",
        &now,
    ]);
    for (number, secret) in vector.secrets.iter().enumerate() {
        // The one newline that is stripped is ours.
        let path = file(directory, &format!("{id}-{number}"), format!("{secret}\n"));
        run = run.file("--secret-file", &path);
    }
    if let Some(header) = &vector.cookie_header {
        let path = file(directory, id, header);
        run = run.file("--cookie-file", &path);
    }
    if let Some(value) = &vector.authorization {
        run = run.arguments(&["--authorization", value]);
    }
    let finished = run.finish();
    let report: Report = serde_json::from_str(&finished.output)
        .map_err(|error| format!("{id}: {error} in {finished:?}"))?;

    let outcome = report.outcome.as_str();
    if expected.outcome != outcome && !expected.accept_also.iter().any(|it| it == outcome) {
        let wanted = &expected.outcome;
        return Err(format!(
            "{id}: {outcome} ({:?}) instead of {wanted}",
            report.cause
        ));
    }
    let opened = outcome == "ok";
    if finished.code != i32::from(!opened) || report.cause.is_some() == opened {
        return Err(format!(
            "{id}: exit status {} and cause {:?}",
            finished.code, report.cause
        ));
    }
    if opened
        && expected.outcome == "ok"
        && value(report.claims.as_deref()) != value(expected.claims.as_deref())
    {
        return Err(format!("{id}: other claims"));
    }
    Ok(())
}

/// The claims as a tree; lone surrogates, which no Rust text can hold, stay as the text of their escape.
fn value(raw: Option<&RawValue>) -> Option<Value> {
    let text = raw?.get();
    let value = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&text.replace("\\u", "\\\\u").to_lowercase()));
    Some(value.unwrap())
}
