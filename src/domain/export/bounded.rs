//! Parts of a document that came from elsewhere, bounded while they are read:
//! what is longer than any has no room made for it.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How it is said that there is more than there can be.
pub(in crate::domain) const TOO_MANY: &str = "there is more than there can be";

/// What a value takes in memory besides its text.
const AROUND: usize = 32;
/// Larger than the claim of any attribute.
pub(in crate::domain) const MAX_VALUE: usize = 64 * 1024;
/// Larger than the keys of any provider.
const MAX_KEYS: usize = 256 * 1024;

/// The keys that receipts verify with: a JWK Set (RFC 7517 §5), as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeySet {
    keys: Vec<Value>,
}

impl KeySet {
    /// How many keys there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.keys.len()
    }

    /// As the JSON document that it is elsewhere.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "keys": self.keys }).to_string()
    }
}

impl<'de> Deserialize<'de> for KeySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(mut members) = Bounded(&mut Room(MAX_KEYS)).deserialize(deserializer)?
        else {
            return Err(D::Error::custom("this is not a key set"));
        };
        let Some(Value::Array(keys)) = members.remove("keys") else {
            return Err(D::Error::missing_field("keys"));
        };
        match members.keys().next() {
            Some(other) => Err(D::Error::unknown_field(other, &["keys"])),
            None => Ok(Self { keys }),
        }
    }
}

/// The claim of an attribute.
pub(in crate::domain) fn value<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Value, D::Error> {
    Bounded(&mut Room(MAX_VALUE)).deserialize(deserializer)
}

/// A list of at most so many.
pub(in crate::domain) fn at_most<'de, const MOST: usize, T, D>(
    deserializer: D,
) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct List<T, const MOST: usize>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MOST}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = list.next_element()? {
                if all.len() == MOST {
                    return Err(A::Error::custom(TOO_MANY));
                }
                all.push(one);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_seq(List::<T, MOST>(std::marker::PhantomData))
}

thread_local! {
    /// What there is room for in the lists of texts of the document that this thread reads;
    /// none is counted of what is no document.
    static TEXTS: RefCell<Option<Room>> = const { RefCell::new(None) };
}

/// Reads a document whose lists of texts take so much at most, all of them together: each
/// text of a list takes much more in memory than in the document when it is short.
pub(in crate::domain) fn with_texts<T>(most: usize, read: impl FnOnce() -> T) -> T {
    TEXTS.set(Some(Room(most)));
    let read = read();
    TEXTS.set(None);
    read
}

/// A list of at most so many texts, which [`with_texts`] counts.
pub(in crate::domain) fn texts<'de, const MOST: usize, T, D>(
    deserializer: D,
) -> Result<Vec<T>, D::Error>
where
    T: TryFrom<String>,
    T::Error: fmt::Display,
    D: Deserializer<'de>,
{
    let texts = at_most::<MOST, Text<T>, D>(deserializer)?;
    // For no more than there are.
    let mut all = Vec::with_capacity(texts.len());
    all.extend(texts.into_iter().map(|Text(text)| text));
    Ok(all)
}

struct Text<T>(T);

impl<'de, T> Deserialize<'de> for Text<T>
where
    T: TryFrom<String>,
    T::Error: fmt::Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        TEXTS.with_borrow_mut(|room| match room {
            Some(room) => room.take(text.len()),
            None => Ok(()),
        })?;
        T::try_from(text).map(Self).map_err(D::Error::custom)
    }
}

/// How much more there is room for.
struct Room(usize);

impl Room {
    fn take<E: Error>(&mut self, text: usize) -> Result<(), E> {
        let left = self.0.checked_sub(text + AROUND);
        self.0 = left.ok_or_else(|| E::custom(TOO_MANY))?;
        Ok(())
    }
}

/// A value for which there is room.
struct Bounded<'a>(&'a mut Room);

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        self.0.take(0).map(|()| flag.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        self.0.take(0).map(|()| number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.0.take(0).map(|()| number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        self.0.take(0).map(|()| number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.0.take(text.len()).map(|()| text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut all = Vec::new();
        while let Some(one) = list.next_element_seed(Bounded(self.0))? {
            all.push(one);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.take(name.len())?;
            let one = members.next_value_seed(Bounded(self.0))?;
            all.insert(name, one);
        }
        Ok(Value::Object(all))
    }
}
