//! What the shop was told, and what it did then.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use crate::webshop::event::News;

/// Events whose names are remembered.
const MOST_SEEN: usize = 10_000;

/// One event, as the keeper reads it.
#[derive(Clone)]
pub(in crate::webshop) struct Heard {
    pub(in crate::webshop) at: Timestamp,
    /// When it happened, as the provider says.
    pub(in crate::webshop) happened_at: Option<Timestamp>,
    pub(in crate::webshop) subject: Option<String>,
    pub(in crate::webshop) news: News,
    /// It came by a command, to be answered at once, and not by the stream.
    pub(in crate::webshop) commanded: bool,
}

/// The names of the events that were heard: each counts once.
#[derive(Default)]
pub(in crate::webshop) struct Seen {
    names: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    /// Whether it is a new one.
    pub(in crate::webshop) fn is_new(&mut self, name: &str) -> bool {
        if !self.names.insert(name.to_owned()) {
            return false;
        }
        self.order.push_back(name.to_owned());
        if self.order.len() > MOST_SEEN
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
        true
    }
}
