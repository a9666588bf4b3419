-- Tokens that clients get for themselves, and what a release was narrowed to
-- (RFC 9396). The rules of 0001 hold.

CREATE TABLE client_tokens (
    hash       BYTEA  NOT NULL PRIMARY KEY,
    client_id  TEXT   NOT NULL REFERENCES clients (id),
    scope      TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- SHA-256 thumbprint of the key that must be shown with it (RFC 7638).
    jkt        TEXT
);
CREATE INDEX client_tokens_by_age ON client_tokens (expires_at);

-- The authorization details that a token was asked with: names of claims and
-- purposes, and nobody's values.
ALTER TABLE access_tokens ADD COLUMN details TEXT;
ALTER TABLE refresh_tokens ADD COLUMN details TEXT;
