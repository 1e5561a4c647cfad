//! Pictures that are sent as `multipart/form-data`.

use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use http::StatusCode;

use crate::model::asset::MediaType;
use crate::problem::{Code, FieldError, Problem};

/// A picture, octet for octet as it was sent.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) content: Vec<u8>,
    pub(crate) media_type: MediaType,
}

impl Upload {
    /// Reads the one part of the form, which has this name and at most so many octets.
    pub(crate) async fn read(
        form: Result<Multipart, MultipartRejection>,
        name: &str,
        most: usize,
    ) -> Result<Self, Problem> {
        let mut form = form.map_err(|_| Code::UnsupportedMediaType)?;
        let mut content: Option<Vec<u8>> = None;
        while let Some(mut part) = form.next_field().await.map_err(|error| unread(&error))? {
            if part.name() != Some(name) || content.is_some() {
                let message = format!("One part named `{name}` is expected");
                return Err(Problem::invalid(vec![FieldError::new(
                    name, "unknown", message,
                )]));
            }
            let mut octets = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(|error| unread(&error))? {
                if octets.len().saturating_add(chunk.len()) > most {
                    return Err(Code::BodyTooLarge.into());
                }
                octets.extend_from_slice(&chunk);
            }
            content = Some(octets);
        }
        let Some(content) = content else {
            let error = FieldError::new(name, "required", "Choose a file");
            return Err(Problem::invalid(vec![error]));
        };
        let media_type = MediaType::of(&content).ok_or(Code::UnsupportedMediaType)?;
        Ok(Self {
            content,
            media_type,
        })
    }
}

fn unread(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Code::BodyTooLarge.into();
    }
    Code::BadRequest.into()
}

/// What a form adds to its file: boundaries and headers.
pub(crate) const FORM: usize = 16 * 1024;
