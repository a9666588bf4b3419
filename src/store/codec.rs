//! Between columns and domain types.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{ColumnIndex, Row as _};

use super::StoreError;
use crate::domain::time::Timestamp;

/// Reads a column as text and parses it.
pub(super) fn parsed<T: std::str::FromStr>(
    row: &AnyRow,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Corrupt(column))
}

/// Reads a column that may be empty as text, and parses it.
pub(super) fn optional<T: std::str::FromStr>(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| StoreError::Corrupt(column)))
        .transpose()
}

/// Reads a JSON column.
pub(super) fn json<T: DeserializeOwned>(
    row: &AnyRow,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt(column))
}

/// Writes a JSON column.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::Corrupt("a value that cannot be written as JSON"))
}

/// Reads a moment.
pub(super) fn time<I: ColumnIndex<AnyRow>>(
    row: &AnyRow,
    column: I,
) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.try_get(column)?))
}

/// Reads a moment that may be absent.
pub(super) fn optional_time<I: ColumnIndex<AnyRow>>(
    row: &AnyRow,
    column: I,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(row
        .try_get::<Option<i64>, _>(column)?
        .map(Timestamp::from_micros))
}

/// Reads 32 bytes.
pub(super) fn hash(row: &AnyRow, column: &'static str) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Corrupt(column))
}

/// Reads a number that is never negative.
pub(super) fn count(row: &AnyRow, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Corrupt(column))
}
