//! What an operator can do about a database that does not answer.

use super::StoreError;

/// What engines say, and what helps. SQLite tells its troubles in words alone
/// (and the writer passes words on), PostgreSQL in words and codes.
const REMEDIES: [(&[&str], &str); 10] = [
    (
        &["database is locked", "database table is locked"],
        "another process holds the database; stop it (two Sluis on one SQLite file do not work), \
         or wait until its backup is done",
    ),
    (
        &[
            "readonly database",
            "read-only transaction",
            "read-only file system",
        ],
        "the database can be read and not written: let the user that runs Sluis own the file and \
         its folder, mount the disk writable, or name the primary server",
    ),
    (
        &["database or disk is full", "no space left", "disk full"],
        "make room on the disk that holds the database",
    ),
    (
        &["file is not a database"],
        "SLUIS_DATABASE_URL names a file that is no SQLite database; it was left as it is",
    ),
    (
        &["disk image is malformed", "disk i/o error"],
        "the disk or the file is damaged: restore a backup, and check the disk",
    ),
    (
        &[
            "unable to open database file",
            "permission denied",
            "no such file or directory",
            "is a directory",
        ],
        "check that the folder of SLUIS_DATABASE_URL exists and belongs to the user that runs Sluis",
    ),
    (
        &[
            "password authentication failed",
            "role \"",
            "no pg_hba.conf entry",
        ],
        "check the user and password in SLUIS_DATABASE_URL",
    ),
    (
        &[
            "not currently accepting connections",
            "is starting up",
            "is shutting down",
            "terminating connection",
            "broken pipe",
            "connection reset",
        ],
        "the database server takes no connections for the moment; Sluis goes on by itself once it \
         does, and the server's own log says why it does not",
    ),
    (
        &["does not exist"],
        "create the database, or correct its name in SLUIS_DATABASE_URL",
    ),
    (
        &[
            "connection refused",
            "timed out",
            "failed to lookup address",
            "network is unreachable",
            "too many clients",
        ],
        "start the database server, or correct its address in SLUIS_DATABASE_URL",
    ),
];

impl StoreError {
    /// What to do about it, where its own words do not say so.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        let words = match self {
            Self::Database(error) => error.to_string(),
            Self::File { why, .. } => why.clone(),
            _ => return None,
        };
        let words = words.to_lowercase();
        REMEDIES
            .iter()
            .find(|(signs, _)| signs.iter().any(|sign| words.contains(sign)))
            .map(|(_, remedy)| *remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(words: &str) -> Option<&'static str> {
        StoreError::Database(sqlx::Error::Protocol(words.to_owned())).remedy()
    }

    #[test]
    fn what_engines_say_has_a_remedy() {
        for (words, sign) in [
            ("(code: 5) database is locked", "another process"),
            (
                "(code: 8) attempt to write a readonly database",
                "own the file",
            ),
            ("(code: 13) database or disk is full", "make room"),
            ("(code: 26) file is not a database", "no SQLite database"),
            ("database \"sluis\" does not exist", "create the database"),
            (
                "password authentication failed for user \"sluis\"",
                "password",
            ),
            (
                "database \"sluis\" is not currently accepting connections",
                "goes on by itself",
            ),
            (
                "pool timed out while waiting for an open connection",
                "start the database",
            ),
        ] {
            assert!(
                remedy(words).is_some_and(|remedy| remedy.contains(sign)),
                "{words}"
            );
        }
        assert_eq!(remedy("something new"), None);
        assert_eq!(StoreError::Newer.remedy(), None);
    }
}
