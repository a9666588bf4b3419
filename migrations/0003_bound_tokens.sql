-- What tokens are bound to, besides their grant: a key of the client (DPoP,
-- RFC 9449), what was asked for one by one (the `claims` parameter), and the
-- session that they come from.

-- When it was issued. Tokens from before this migration do not say.
ALTER TABLE access_tokens ADD COLUMN issued_at BIGINT;
-- SHA-256 thumbprint of the key that must be shown with it (RFC 7638).
ALTER TABLE access_tokens ADD COLUMN jkt TEXT;
-- The `claims` parameter under the grant key: it may hold values.
ALTER TABLE access_tokens ADD COLUMN asked_sealed BYTEA;

ALTER TABLE refresh_tokens ADD COLUMN jkt TEXT;
ALTER TABLE refresh_tokens ADD COLUMN asked_sealed BYTEA;
-- What the client knows the session as (`sid`).
ALTER TABLE refresh_tokens ADD COLUMN sid TEXT;

ALTER TABLE codes ADD COLUMN asked_sealed BYTEA;

-- Proofs that were shown, so that none is taken twice, on whichever node.
CREATE TABLE dpop_proofs (
    -- SHA-256 of the key's thumbprint and the proof's `jti`.
    hash       BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX dpop_proofs_by_age ON dpop_proofs (expires_at);
