//! What keeps the writes that share a commit from sharing their failures.

/// How much a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Extent {
    /// One statement: when it fails, it has done nothing.
    Statement,
    /// Several: when a later one fails, the earlier ones have to be undone.
    Several,
}

/// What keeps the writes of a transaction apart: the transaction itself until
/// something in it is kept, and from then on the savepoint `one`.
#[derive(Debug, Default)]
pub(super) struct Apart {
    point: Point,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Point {
    /// Nothing was written.
    #[default]
    Clean,
    /// What was written is not to be kept.
    Spoilt,
    /// What was written is kept; there is no savepoint.
    Kept,
    /// Nothing was written since the savepoint.
    Here,
    /// What was written since the savepoint is kept.
    Behind,
}

impl Apart {
    /// What has to be said before a write.
    pub(super) fn before(&mut self, extent: Extent) -> Option<&'static str> {
        let (point, said) = match (self.point, extent) {
            (Point::Spoilt, _) => (Point::Clean, "ROLLBACK; BEGIN IMMEDIATE"),
            (Point::Kept, Extent::Several) => (Point::Here, "SAVEPOINT one"),
            (Point::Behind, Extent::Several) => (Point::Here, "RELEASE one; SAVEPOINT one"),
            _ => return None,
        };
        self.point = point;
        Some(said)
    }

    /// What has to be said after a write. One that is undone leaves the
    /// savepoint as it was; the commit releases it.
    pub(super) fn after(&mut self, extent: Extent, keep: bool) -> Option<&'static str> {
        match (self.point, extent, keep) {
            (Point::Clean, _, true) => self.point = Point::Kept,
            (Point::Here, _, true) => self.point = Point::Behind,
            (Point::Clean, Extent::Several, false) => self.point = Point::Spoilt,
            (Point::Here, Extent::Several, false) => return Some("ROLLBACK TO one"),
            _ => {}
        }
        None
    }
}
