-- Runs on SQLite and PostgreSQL alike: TEXT, BIGINT and BYTEA only.
-- Times are microseconds since the Unix epoch, UTC; ids and JSON are text;
-- flags are nullable times. Personal data are only ever in columns named
-- *_sealed, and keys in columns named *_wrapped (AES-256-GCM).

CREATE TABLE instance (
    id          TEXT   NOT NULL PRIMARY KEY,
    created_at  BIGINT NOT NULL,
    checked_at  BIGINT NOT NULL,
    -- Opens under the right keys/master.key alone.
    master_check BYTEA NOT NULL
);

CREATE TABLE signing_keys (
    kid            TEXT   NOT NULL PRIMARY KEY,
    key_use        TEXT   NOT NULL,
    alg            TEXT   NOT NULL,
    public_jwk     TEXT   NOT NULL,
    private_wrapped BYTEA NOT NULL,
    created_at     BIGINT NOT NULL,
    active_from    BIGINT NOT NULL,
    retired_at     BIGINT
);

CREATE TABLE businesses (
    id         TEXT   NOT NULL PRIMARY KEY,
    document   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE clients (
    id           TEXT   NOT NULL PRIMARY KEY,
    business_id  TEXT   NOT NULL REFERENCES businesses (id),
    sector       TEXT   NOT NULL,
    secret_hash  BYTEA,
    metadata     TEXT   NOT NULL,
    plan_version BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);

CREATE TABLE plans (
    client_id  TEXT   NOT NULL REFERENCES clients (id),
    version    BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    hash       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, version)
);

CREATE TABLE accounts (
    id             TEXT   NOT NULL PRIMARY KEY,
    -- Keyed hash of the sign-in e-mail address.
    email_index    BYTEA  NOT NULL UNIQUE,
    -- The contact e-mail address, for notices.
    contact_sealed BYTEA  NOT NULL,
    language       TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE keyholders (
    account_id        TEXT   NOT NULL REFERENCES accounts (id),
    id                TEXT   NOT NULL,
    kind              TEXT   NOT NULL,
    -- Argon2 parameters and salt, or the epoch of the escrow master.
    params            TEXT   NOT NULL,
    verifier          BYTEA,
    vault_key_wrapped BYTEA  NOT NULL,
    created_at        BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE vaults (
    account_id      TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    -- Counts edits, so that two devices cannot overwrite each other unseen.
    revision        BIGINT NOT NULL,
    contents_sealed BYTEA  NOT NULL
);

CREATE TABLE sessions (
    account_id        TEXT   NOT NULL REFERENCES accounts (id),
    hash              BYTEA  NOT NULL,
    vault_key_wrapped BYTEA  NOT NULL,
    authentication    TEXT   NOT NULL,
    created_at        BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Keyed by the same hash as accounts.email_index, also for addresses that
-- nobody signed up with.
CREATE TABLE sign_in_failures (
    email_index BYTEA  NOT NULL PRIMARY KEY,
    failures    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL
);

CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);

CREATE TABLE subjects (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    sector     TEXT   NOT NULL,
    subject    TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, sector)
);

CREATE TABLE authorization_requests (
    id             TEXT   NOT NULL PRIMARY KEY,
    browser_hash   BYTEA  NOT NULL,
    -- Under the cookie of that browser: a business may hint who someone is.
    request_sealed BYTEA  NOT NULL,
    answer         TEXT,
    created_at     BIGINT NOT NULL,
    answered_at    BIGINT
);
CREATE INDEX authorization_requests_by_age ON authorization_requests (created_at);

CREATE TABLE grants (
    id                TEXT   NOT NULL PRIMARY KEY,
    account_id        TEXT   NOT NULL REFERENCES accounts (id),
    client_id         TEXT   NOT NULL REFERENCES clients (id),
    subject           TEXT   NOT NULL,
    state             TEXT   NOT NULL,
    terms             TEXT   NOT NULL,
    plan_version      BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    expires_at        BIGINT,
    ended_at          BIGINT,
    -- The grant key under the vault key. It stays when the grant is over: the
    -- consumer may still see what was read.
    grant_key_wrapped BYTEA,
    -- The released values under the grant key; gone once the grant is over.
    released_sealed   BYTEA,
    chain_seq         BIGINT NOT NULL,
    chain_hash        TEXT   NOT NULL
);
CREATE INDEX grants_by_account ON grants (account_id, client_id);
-- One live agreement between an account and a client.
CREATE UNIQUE INDEX grants_live ON grants (account_id, client_id) WHERE ended_at IS NULL;

CREATE TABLE receipts (
    grant_id   TEXT   NOT NULL REFERENCES grants (id),
    seq        BIGINT NOT NULL,
    jws        TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, seq)
);

CREATE TABLE codes (
    grant_id          TEXT   NOT NULL REFERENCES grants (id),
    hash              BYTEA  NOT NULL,
    family_id         TEXT   NOT NULL,
    binding           TEXT   NOT NULL,
    grant_key_wrapped BYTEA  NOT NULL,
    expires_at        BIGINT NOT NULL,
    redeemed_at       BIGINT,
    PRIMARY KEY (grant_id, hash)
);

CREATE TABLE access_tokens (
    grant_id          TEXT   NOT NULL REFERENCES grants (id),
    hash              BYTEA  NOT NULL,
    family_id         TEXT   NOT NULL,
    scope             TEXT   NOT NULL,
    grant_key_wrapped BYTEA  NOT NULL,
    expires_at        BIGINT NOT NULL,
    PRIMARY KEY (grant_id, hash)
);

CREATE TABLE refresh_tokens (
    grant_id          TEXT   NOT NULL REFERENCES grants (id),
    hash              BYTEA  NOT NULL,
    family_id         TEXT   NOT NULL,
    scope             TEXT   NOT NULL,
    authentication    TEXT   NOT NULL,
    grant_key_wrapped BYTEA  NOT NULL,
    issued_at         BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL,
    -- When its successor was handed out, and the hash of that successor.
    rotated_at        BIGINT,
    successor_hash    BYTEA,
    PRIMARY KEY (grant_id, hash)
);

CREATE TABLE reads (
    grant_id    TEXT   NOT NULL REFERENCES grants (id),
    id          TEXT   NOT NULL,
    read_at     BIGINT NOT NULL,
    -- Which claims for which purposes, under the grant key.
    read_sealed BYTEA  NOT NULL,
    PRIMARY KEY (grant_id, id)
);
