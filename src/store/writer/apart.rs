//! What keeps the writes that share a commit from sharing their failures.

/// How much a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Extent {
    /// One statement: when it fails, it has done nothing.
    Statement,
    /// Several: when a later one fails, the earlier ones have to be undone.
    Several,
}

/// What keeps the writes of a group apart: the savepoint `one`.
pub(super) struct Apart {
    /// A write that is alone is undone with the transaction.
    pub(super) alone: bool,
    /// Whether the first write needs a savepoint.
    pub(super) first: Extent,
    pub(super) point: Point,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    Unset,
    /// Nothing was written since.
    Here,
    /// What was written since is kept.
    Behind,
}

impl Apart {
    pub(super) fn among(extents: &[Extent]) -> Self {
        Self {
            alone: extents.len() == 1,
            first: extents.first().copied().unwrap_or(Extent::Several),
            point: Point::Unset,
        }
    }

    fn is_needed(&self, extent: Extent) -> bool {
        !self.alone && extent == Extent::Several
    }

    /// What begins the transaction.
    pub(super) fn begin(&mut self) -> &'static str {
        if self.is_needed(self.first) {
            self.point = Point::Here;
            "BEGIN IMMEDIATE; SAVEPOINT one"
        } else {
            "BEGIN IMMEDIATE"
        }
    }

    /// What has to be said before a write.
    pub(super) fn before(&mut self, extent: Extent) -> Option<&'static str> {
        if !self.is_needed(extent) {
            return None;
        }
        match std::mem::replace(&mut self.point, Point::Here) {
            Point::Here => None,
            Point::Unset => Some("SAVEPOINT one"),
            Point::Behind => Some("RELEASE one; SAVEPOINT one"),
        }
    }

    /// What has to be said after a write. One that is undone leaves the
    /// savepoint as it was; the commit releases it.
    pub(super) fn after(&mut self, extent: Extent, keep: bool) -> Option<&'static str> {
        if keep && self.point == Point::Here {
            self.point = Point::Behind;
        }
        (!keep && self.is_needed(extent)).then_some("ROLLBACK TO one")
    }
}
