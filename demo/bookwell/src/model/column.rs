//! Columns with a form of their own: days and documents; [`super::row`] reads the plain ones.

use jiff::civil::Date;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A day of the tenant's calendar.
pub(crate) fn day(row: &AnyRow, column: &str) -> Result<Date, sqlx::Error> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| malformed(column))
}

/// JSON, where there is some.
pub(crate) fn json(row: &AnyRow, column: &str) -> Result<Option<Value>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    let value = text.as_deref().map(serde_json::from_str).transpose();
    value.map_err(|_| malformed(column))
}

fn malformed(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "the column holds something else".into(),
    }
}
