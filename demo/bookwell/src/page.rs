//! Parts of long lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{FieldError, Problem};

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    limit: i64,
    after: Cursor,
}

/// The last row that was seen: what the list is sorted by, and its id. The empty one stands before all.
#[derive(Debug, Clone, Default)]
struct Cursor {
    key: String,
    id: String,
}

/// One part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    items: Vec<T>,
    /// Where the next part begins; nothing after the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl Page {
    /// Reads `?limit=` and `?cursor=`.
    pub(crate) fn new(limit: Option<i64>, cursor: Option<&str>) -> Result<Self, Problem> {
        let mut errors = Vec::new();
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            errors.push(FieldError::new("limit", "range", "Ask for 1 to 100 rows"));
        }
        let after = cursor.map_or_else(|| Some(Cursor::default()), Cursor::parse);
        match after {
            Some(after) if errors.is_empty() => Ok(Self { limit, after }),
            after => {
                if after.is_none() {
                    errors.push(FieldError::new("cursor", "format", "Begin the list anew"));
                }
                Err(Problem::invalid(errors))
            }
        }
    }

    /// The first rows, as many as one answer may hold.
    pub(crate) fn first() -> Self {
        Self {
            limit: MAX_LIMIT,
            after: Cursor::default(),
        }
    }

    /// One row more than are shown, so that the end is known.
    pub(crate) fn fetch(&self) -> i64 {
        self.limit.saturating_add(1)
    }

    /// The sort key of the last row that was seen.
    pub(crate) fn key(&self) -> &str {
        &self.after.key
    }

    /// The same for a list that is sorted by a number, which is never negative.
    pub(crate) fn number(&self) -> i64 {
        self.after.key.parse().unwrap_or(-1)
    }

    /// The id of the last row that was seen.
    pub(crate) fn id(&self) -> &str {
        &self.after.id
    }
}

impl Cursor {
    /// What is not of our making is none; the database gets no octet that it could choke on.
    fn parse(text: &str) -> Option<Self> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(octets).ok()?;
        let (key, id) = text.split_once(' ')?;
        let plain = |text: &str| text.bytes().all(|octet| octet.is_ascii_graphic());
        (plain(key) && plain(id)).then(|| Self {
            key: key.to_owned(),
            id: id.to_owned(),
        })
    }
}

impl<T> List<T> {
    /// Shows the rows of `page`; `place` names what a row is sorted by, and its id.
    pub(crate) fn of(
        mut rows: Vec<T>,
        page: &Page,
        place: impl Fn(&T) -> (String, String),
    ) -> Self {
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more).map(|row| {
            let (key, id) = place(row);
            URL_SAFE_NO_PAD.encode(format!("{key} {id}"))
        });
        Self {
            items: rows,
            next_cursor: last,
        }
    }

    /// The same part, with other rows in their places.
    pub(crate) fn map<U>(self, row: impl FnMut(T) -> U) -> List<U> {
        List {
            items: self.items.into_iter().map(row).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;
