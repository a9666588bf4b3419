-- Clients that register themselves. The rules of 0001 hold.

-- Since when nobody vouches for it: it came by open registration. NULL: the
-- operator took it up.
ALTER TABLE businesses ADD COLUMN unvetted_since BIGINT;

-- SHA-256 of the token with which a client that registered itself manages its
-- registration, and the client's secret under that token, to tell it again.
ALTER TABLE clients ADD COLUMN registration_hash BYTEA;
ALTER TABLE clients ADD COLUMN registration_secret_sealed BYTEA;
-- When it was removed. The row stays: agreements and receipts name it.
ALTER TABLE clients ADD COLUMN removed_at BIGINT;

-- What a removal asks for: the agreements that are to end with the client.
CREATE INDEX grants_by_client ON grants (client_id, id) WHERE ended_at IS NULL;

CREATE TABLE initial_access_tokens (
    -- SHA-256 of the token.
    hash        BYTEA  NOT NULL PRIMARY KEY,
    -- Whose clients it registers.
    business_id TEXT   NOT NULL REFERENCES businesses (id),
    uses_left   BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX initial_access_tokens_by_age ON initial_access_tokens (expires_at);
