//! The document of a landing page: what it may hold is one table, from which the checks and the published schema are made.

mod sections;
mod shape;

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{Code, FieldError, Problem};
use shape::{Field, Shape};

/// A document that was checked; its texts are as they were sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LandingDocument(Value);

impl LandingDocument {
    /// Checks everything, and names each place that is wrong, as `pages.home.sections[2].headline`.
    pub(crate) fn new(value: Value) -> Result<Self, Problem> {
        if !value.is_object() {
            // The whole is something else, and there is no field to name.
            return Err(Code::BadRequest.into());
        }
        let mut errors = Vec::new();
        DOCUMENT.check(&value, "", &mut errors);
        let home = value.pointer("/pages/home/enabled");
        if home.and_then(Value::as_bool) == Some(false) {
            let message = "The home page is always enabled";
            errors.push(FieldError::new("pages.home.enabled", "range", message));
        }
        if !errors.is_empty() {
            errors.truncate(MOST_ERRORS);
            return Err(Problem::invalid(errors));
        }
        let document = Self(value);
        if document.to_json().len() > MAX_DOCUMENT {
            return Err(Code::BodyTooLarge.into());
        }
        Ok(document)
    }

    pub(crate) fn to_json(&self) -> String {
        self.0.to_string()
    }
}

impl PartialSchema for LandingDocument {
    fn schema() -> RefOr<Schema> {
        DOCUMENT.schema()
    }
}

impl ToSchema for LandingDocument {}

/// Octets of a document, in all.
pub(crate) const MAX_DOCUMENT: usize = 256 * 1024;

/// Enough for a person to mend; a hostile document does not choose the length of the answer.
const MOST_ERRORS: usize = 50;

const DOCUMENT: Shape = Shape::Object(&[Field::required(
    "pages",
    Shape::Object(&[
        Field::required("home", PAGE),
        Field::optional("about", PAGE),
        Field::optional("services", PAGE),
        Field::optional("faq", PAGE),
        Field::optional("contact", PAGE),
        Field::optional("gallery", PAGE),
        Field::optional("testimonials", PAGE),
    ]),
)]);

const PAGE: Shape = Shape::Object(&[
    Field::required("enabled", Shape::Truth),
    Field::required(
        "sections",
        Shape::List {
            least: 0,
            most: 20,
            of: &Shape::Tagged(&sections::SECTIONS),
        },
    ),
]);

#[cfg(test)]
mod tests;
