//! Types whose variants each have one word, in the store and in documents.

/// Displays each type by `as_str`, and reads it from among its `ALL`; what is
/// none of them is the error that is named first.
macro_rules! words {
    ($unknown:ident: $($name:ident),+) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                let mut all = Self::ALL.into_iter();
                all.find(|one| one.as_str() == text).ok_or($unknown)
            }
        }
    )+};
}
pub(super) use words;
