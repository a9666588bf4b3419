-- What comes along from another provider. The rules of 0001 hold.

-- A file that was handed in, or fetched: first to be looked at, then kept as
-- the record of what came of an account elsewhere.
CREATE TABLE imports (
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    id          TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    -- When its owner took it over; what is not is forgotten.
    kept_at     BIGINT,
    -- What it says of itself and of its owner, under the vault key.
    head_sealed BYTEA  NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX imports_waiting ON imports (created_at) WHERE kept_at IS NULL;

-- Its records, some at a time, under the vault key.
CREATE TABLE import_pieces (
    account_id   TEXT   NOT NULL,
    import_id    TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    piece_sealed BYTEA  NOT NULL,
    PRIMARY KEY (account_id, import_id, seq),
    FOREIGN KEY (account_id, import_id) REFERENCES imports (account_id, id)
);

-- An account that goes along to another provider: once, and for a few minutes.
CREATE TABLE departures (
    id                TEXT   NOT NULL PRIMARY KEY,
    account_id        TEXT   NOT NULL REFERENCES accounts (id),
    client_id         TEXT   NOT NULL,
    -- What the code is bound to.
    binding           TEXT   NOT NULL,
    code_hash         BYTEA  NOT NULL,
    token_hash        BYTEA,
    -- The vault key under the code, then under the token, then gone.
    vault_key_wrapped BYTEA,
    created_at        BIGINT NOT NULL,
    -- When the code, and then the token, is of no more use.
    expires_at        BIGINT NOT NULL,
    redeemed_at       BIGINT,
    fetched_at        BIGINT
);
CREATE INDEX departures_account ON departures (account_id, created_at);
CREATE INDEX departures_open ON departures (expires_at) WHERE vault_key_wrapped IS NOT NULL;

-- An account that is on its way from another provider.
CREATE TABLE arrivals (
    account_id     TEXT   NOT NULL REFERENCES accounts (id),
    id             TEXT   NOT NULL,
    state_hash     BYTEA  NOT NULL,
    browser_hash   BYTEA  NOT NULL,
    created_at     BIGINT NOT NULL,
    used_at        BIGINT,
    -- What the answer of the other provider has to fit, under the vault key.
    journey_sealed BYTEA  NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- What this provider is called at others.
CREATE TABLE own_clients (
    issuer     TEXT   NOT NULL PRIMARY KEY,
    client_id  TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
