//! What a JSON value may look like: checks it with exact paths, and describes it for `OpenAPI`.

use serde_json::{Map, Value};
use utoipa::openapi::schema::{AdditionalProperties, SchemaFormat};
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, Type,
};

use crate::fields::{is_email, text_fault};
use crate::problem::FieldError;

/// The form of a value.
#[derive(Debug)]
pub(super) enum Shape {
    Email,
    List {
        least: usize,
        most: usize,
        of: &'static Self,
    },
    /// Whole numbers.
    Number {
        least: i64,
        most: i64,
    },
    Object(&'static [Field]),
    OneOf(&'static [&'static str]),
    /// An object whose `type` says which.
    Tagged(&'static [Variant]),
    /// Lengths in Unicode scalar values.
    Text {
        least: usize,
        most: usize,
    },
    Truth,
    /// With http or https.
    Url,
}

/// One member of an object.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    required: bool,
    shape: Shape,
}

/// One kind of object.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

impl Field {
    pub(super) const fn required(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            required: true,
            shape,
        }
    }

    pub(super) const fn optional(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            required: false,
            shape,
        }
    }
}

impl Shape {
    /// Adds what is wrong with `value`, which stands at `path`.
    pub(super) fn check(&self, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
        match (self, value) {
            (Self::Text { least, most }, Value::String(text)) => {
                errors.extend(text_fault(path, text, *least..=*most));
            }
            (Self::Email, Value::String(text)) if is_email(text) => {}
            (Self::Email, Value::String(_)) => {
                refuse(errors, path, "format", "That is no e-mail address");
            }
            (Self::Url, Value::String(text)) if is_url(text) => {}
            (Self::Url, Value::String(_)) => {
                let message =
                    "An address that begins with http:// or https://, at most 2048 characters";
                refuse(errors, path, "format", message);
            }
            (Self::OneOf(words), Value::String(text)) if words.contains(&text.as_str()) => {}
            (Self::OneOf(words), Value::String(_)) => {
                refuse(
                    errors,
                    path,
                    "range",
                    format!("One of {}", words.join(", ")),
                );
            }
            (Self::Number { least, most }, Value::Number(number)) => {
                if !number
                    .as_i64()
                    .is_some_and(|number| (*least..=*most).contains(&number))
                {
                    let message = format!("A whole number between {least} and {most}");
                    refuse(errors, path, "range", message);
                }
            }
            (Self::Truth, Value::Bool(_)) => {}
            (Self::List { least, most, of }, Value::Array(items)) => {
                if items.len() < *least {
                    refuse(errors, path, "too_short", format!("At least {least}"));
                }
                if items.len() > *most {
                    refuse(errors, path, "too_long", format!("At most {most}"));
                    return;
                }
                for (index, item) in items.iter().enumerate() {
                    of.check(item, &format!("{path}[{index}]"), errors);
                }
            }
            (Self::Object(fields), Value::Object(members)) => {
                check_members(fields, members, path, None, errors);
            }
            (Self::Tagged(variants), Value::Object(members)) => {
                let place = join(path, TAG);
                match members.get(TAG) {
                    None => refuse(errors, &place, "required", "This field is required"),
                    Some(tag) => match variants.iter().find(|one| tag == one.name) {
                        None => refuse(
                            errors,
                            &place,
                            "unknown",
                            "There is no such kind of section",
                        ),
                        Some(one) => check_members(one.fields, members, path, Some(TAG), errors),
                    },
                }
            }
            (
                Self::Email
                | Self::List { .. }
                | Self::Number { .. }
                | Self::Object(_)
                | Self::OneOf(_)
                | Self::Tagged(_)
                | Self::Text { .. }
                | Self::Truth
                | Self::Url,
                _,
            ) => refuse(errors, path, "format", "The value has the wrong form"),
        }
    }

    /// The same as a JSON Schema.
    pub(super) fn schema(&self) -> RefOr<Schema> {
        match self {
            Self::Email => ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
                .max_length(Some(254))
                .into(),
            Self::List { least, most, of } => ArrayBuilder::new()
                .items(of.schema())
                .min_items(Some(*least))
                .max_items(Some(*most))
                .into(),
            Self::Number { least, most } => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(*least))
                .maximum(Some(*most))
                .into(),
            Self::Object(fields) => object(ObjectBuilder::new(), fields).into(),
            Self::OneOf(words) => ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(words.iter().copied()))
                .into(),
            Self::Tagged(variants) => {
                let one_of = variants.iter().fold(OneOfBuilder::new(), |all, one| {
                    let tag = ObjectBuilder::new()
                        .schema_type(Type::String)
                        .enum_values(Some([one.name]));
                    let start = ObjectBuilder::new().property(TAG, tag).required(TAG);
                    all.item(object(start, one.fields))
                });
                one_of.into()
            }
            Self::Text { least, most } => ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(*least))
                .max_length(Some(*most))
                .into(),
            Self::Truth => ObjectBuilder::new().schema_type(Type::Boolean).into(),
            Self::Url => ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::Custom("uri".to_owned())))
                .pattern(Some("^https?://"))
                .max_length(Some(MAX_URL))
                .into(),
        }
    }
}

fn check_members(
    fields: &[Field],
    members: &Map<String, Value>,
    path: &str,
    tag: Option<&str>,
    errors: &mut Vec<FieldError>,
) {
    for field in fields {
        let place = join(path, field.name);
        match members.get(field.name) {
            Some(value) => field.shape.check(value, &place, errors),
            None if field.required => refuse(errors, &place, "required", "This field is required"),
            None => {}
        }
    }
    for name in members.keys() {
        if Some(name.as_str()) != tag && fields.iter().all(|field| field.name != name) {
            // A name of any length and content is not sent back as it came.
            let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            refuse(
                errors,
                &join(path, &shown),
                "unknown",
                "This field is not known",
            );
        }
    }
}

fn object(start: ObjectBuilder, fields: &[Field]) -> ObjectBuilder {
    let closed = start
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    fields.iter().fold(closed, |object, field| {
        let object = object.property(field.name, field.shape.schema());
        if field.required {
            object.required(field.name)
        } else {
            object
        }
    })
}

fn is_url(text: &str) -> bool {
    text.chars().count() <= MAX_URL
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && (text.starts_with("https://") || text.starts_with("http://"))
        && url::Url::parse(text).is_ok_and(|url| url.has_host())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    format!("{path}.{name}")
}

fn refuse(
    errors: &mut Vec<FieldError>,
    path: &str,
    code: &'static str,
    message: impl Into<String>,
) {
    errors.push(FieldError::new(path, code, message));
}

const TAG: &str = "type";
const MAX_URL: usize = 2048;
