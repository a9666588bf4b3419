-- Sessions as their owner sees them, browsers that are known, what is mailed
-- with a link, and the way back in after a forgotten password. The rules of
-- 0001 hold.

-- Browser, system and coarse network, under the vault key.
ALTER TABLE sessions ADD COLUMN seen_sealed BYTEA;
-- Written every few minutes at most.
ALTER TABLE sessions ADD COLUMN used_at BIGINT;

-- When whoever reads mail at the contact address last said so.
ALTER TABLE accounts ADD COLUMN email_verified_at BIGINT;
-- Since when a mail server says that nobody is there under that address.
ALTER TABLE accounts ADD COLUMN unreachable_at BIGINT;

-- Browsers in which someone signed in before: a new one is told by mail.
CREATE TABLE known_browsers (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    hash       BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Links that were mailed. Each works once.
CREATE TABLE mail_links (
    account_id     TEXT   NOT NULL REFERENCES accounts (id),
    hash           BYTEA  NOT NULL,
    purpose        TEXT   NOT NULL,
    -- The address that it was sent to, under the master key.
    address_sealed BYTEA  NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    -- When it was used, or a newer one took its place.
    spent_at       BIGINT,
    PRIMARY KEY (account_id, hash)
);

-- Ways back in that wait until their owner had time to stop them.
CREATE TABLE recoveries (
    account_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    kind       TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    ready_at   BIGINT NOT NULL,
    -- When it was told that it is ready.
    told_at    BIGINT
);
CREATE INDEX recoveries_ready ON recoveries (ready_at) WHERE told_at IS NULL;
