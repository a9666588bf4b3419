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
