//! The document that describes the API: each handler says what is its own, and this file what they share.

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response,
    ResponseBuilder, Schema, Type,
};

/// The title, the two ways to say who one is, and the shape of errors.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Bookwell",
        description = "A small multi-tenant booking business. It knows bearer tokens and public keys, and no cookie. \
                       The paths that answers name (`Location`, `photo_url`, `undo`) are those of a browser, which has `/api` in the place of `/v1`."
    ),
    components(schemas(crate::problem::ProblemBody)),
    modifiers(&Schemes)
)]
pub(crate) struct Document;

struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT");
        components.add_security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
        let key = ApiKey::Header(ApiKeyValue::new("X-Tenant-Key"));
        components.add_security_scheme(TENANT_KEY, SecurityScheme::ApiKey(key));
    }
}

/// Adds to each operation the refusals that it has because of what it takes, and gives all refusals their one shape.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_default();
    for schema in components.schemas.values_mut() {
        describe_texts(schema);
    }
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            for (status, why) in shared(operation) {
                let responses = &mut operation.responses.responses;
                responses
                    .entry((*status).to_owned())
                    .or_insert_with(|| RefOr::T(Response::new(*why)));
            }
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && status.starts_with(['4', '5'])
                {
                    *response = refusal(status, &response.description);
                }
            }
        }
    }
    document
}

/// What [`crate::fields`] demands of every text of a bounded length that has no form of its own.
fn describe_texts(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else {
        return;
    };
    match schema {
        Schema::Object(object) => {
            if object.max_length.is_some() && object.format.is_none() && object.pattern.is_none() {
                let is_required = object.min_length.is_some_and(|least| least > 0);
                let pattern = if is_required { SOME_TEXT } else { TEXT };
                object.pattern = Some(pattern.to_owned());
            }
            object.properties.values_mut().for_each(describe_texts);
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(item) = &mut array.items {
                describe_texts(item);
            }
        }
        Schema::OneOf(several) => several.items.iter_mut().for_each(describe_texts),
        Schema::AllOf(several) => several.items.iter_mut().for_each(describe_texts),
        Schema::AnyOf(several) => several.items.iter_mut().for_each(describe_texts),
        _ => {}
    }
}

/// What an operation may refuse by its parts.
fn shared(operation: &Operation) -> Vec<&'static (&'static str, &'static str)> {
    let parameters: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let takes = |place: &ParameterIn| {
        parameters
            .iter()
            .any(|parameter| parameter.parameter_in == *place)
    };
    let has_body = operation.request_body.is_some();
    let wants = |scheme: &str| {
        let scheme = SecurityRequirement::new(scheme, [""; 0]);
        let mut schemes = operation.security.iter().flatten();
        schemes.any(|one| *one == scheme)
    };
    let changes_a_version = parameters
        .iter()
        .any(|parameter| parameter.name.eq_ignore_ascii_case("if-match"));
    [
        (!parameters.is_empty() || has_body, BAD_REQUEST),
        (wants(BEARER), BY_TOKEN),
        (wants(TENANT_KEY), BY_KEY),
        (takes(&ParameterIn::Path), UNKNOWN),
        (has_body, BODY),
        (changes_a_version, VERSION),
        (true, ALWAYS),
    ]
    .into_iter()
    .filter(|(applies, _)| *applies)
    .flat_map(|(_, refusals)| refusals)
    .collect()
}

fn refusal(status: &str, why: &str) -> Response {
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemBody")))
        .build();
    let response = ResponseBuilder::new()
        .description(why)
        .content("application/problem+json", problem);
    let response = match status {
        "429" | "503" => {
            let seconds = HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
                .description(Some("Seconds until another attempt makes sense"));
            response.header("Retry-After", seconds.build())
        }
        _ => response,
    };
    response.build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
}

/// No control characters but tabs and ends of lines.
const TEXT: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";
/// The same, and not blank.
const SOME_TEXT: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";

/// The name of the scheme of access tokens.
const BEARER: &str = "bearer";
/// The name of the scheme of a tenant's public key.
const TENANT_KEY: &str = "tenant_key";

const BAD_REQUEST: &[(&str, &str)] = &[(
    "400",
    "`bad_request` or `validation_failed`, with the fields",
)];
const BY_TOKEN: &[(&str, &str)] = &[
    ("401", "`unauthenticated` or `token_expired`"),
    ("403", "`forbidden`: a token for something else"),
];
const BY_KEY: &[(&str, &str)] = &[
    ("401", "`unauthenticated`: no key, or none that is known"),
    (
        "403",
        "`tenant_inactive`, or `forbidden` for the site that asks",
    ),
];
const UNKNOWN: &[(&str, &str)] = &[("404", "`not_found`: no such thing, or one of somebody else")];
const BODY: &[(&str, &str)] = &[
    ("413", "`body_too_large`"),
    ("415", "`unsupported_media_type`"),
];
const VERSION: &[(&str, &str)] = &[
    (
        "412",
        "`version_conflict`: somebody else changed it meanwhile",
    ),
    ("428", "`precondition_required`: `If-Match` is missing"),
];
const ALWAYS: &[(&str, &str)] = &[
    ("429", "`rate_limited`"),
    ("500", "`internal`: a fault of ours"),
    ("503", "`unavailable`: the database does not answer"),
];
