//! Reading columns into types.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// An id: `row::id(&row, "package_id", PackageId::parse)`.
pub(crate) fn id<T>(
    row: &AnyRow,
    column: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    parse(&text).ok_or_else(|| malformed(column))
}

/// A truth value, kept as 0 or 1.
pub(crate) fn flag(row: &AnyRow, column: &str) -> Result<bool, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)? != 0)
}

/// A time, kept as Unix milliseconds.
pub(crate) fn time(row: &AnyRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_millisecond(row.try_get(column)?).map_err(|_| malformed(column))
}

/// A time that may be absent.
pub(crate) fn optional_time(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    let milliseconds: Option<i64> = row.try_get(column)?;
    milliseconds
        .map(|value| Timestamp::from_millisecond(value).map_err(|_| malformed(column)))
        .transpose()
}

fn malformed(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "the column holds something else".into(),
    }
}
