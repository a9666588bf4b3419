-- Second factors and passkeys. The rules of 0001 hold.

CREATE TABLE totp (
    account_id     TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    -- Under the master key: it is checked while the vault may be shut.
    secret_wrapped BYTEA  NOT NULL,
    -- The step of the last code that was taken. An older one never is.
    last_step      BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    hash       BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    PRIMARY KEY (account_id, hash)
);

-- Failed attempts at showing a second factor, or at showing again who one is.
CREATE TABLE factor_failures (
    account_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    failures   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL
);

CREATE TABLE passkeys (
    account_id    TEXT   NOT NULL REFERENCES accounts (id),
    id            TEXT   NOT NULL,
    -- What the authenticator calls it.
    credential_id BYTEA  NOT NULL UNIQUE,
    -- The public key, with what its checks need.
    credential    TEXT   NOT NULL,
    sign_count    BIGINT NOT NULL,
    name_sealed   BYTEA  NOT NULL,
    -- Which keyholder it is of the vault, if it is one.
    keyholder_id  TEXT,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT,
    -- When its counter was last seen to go back.
    doubted_at    BIGINT,
    PRIMARY KEY (account_id, id)
);

-- Challenges that a browser was given, each for one answer.
CREATE TABLE passkey_ceremonies (
    id           TEXT   NOT NULL PRIMARY KEY,
    browser_hash BYTEA  NOT NULL,
    kind         TEXT   NOT NULL,
    -- For whom, if that is known beforehand.
    account_id   TEXT,
    state        TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX passkey_ceremonies_by_age ON passkey_ceremonies (expires_at);

-- Sign-ins of which one half is done.
CREATE TABLE half_sign_ins (
    account_id        TEXT   NOT NULL REFERENCES accounts (id),
    hash              BYTEA  NOT NULL,
    browser_hash      BYTEA  NOT NULL,
    -- Under the cookie's secret; nothing when the vault is still shut.
    vault_key_wrapped BYTEA,
    authentication    TEXT   NOT NULL,
    expires_at        BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);
CREATE INDEX half_sign_ins_by_age ON half_sign_ins (expires_at);
