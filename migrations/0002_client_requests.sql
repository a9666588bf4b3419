-- What signed and pushed requests of clients need. The rules of 0001 hold.

-- The secret under the master key: only of clients that sign with it.
ALTER TABLE clients ADD COLUMN secret_sealed BYTEA;

-- Assertions that were used, until they expire: each counts once, on every node.
CREATE TABLE client_assertions (
    client_id  TEXT   NOT NULL REFERENCES clients (id),
    -- SHA-256 of the jti.
    jti_hash   BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX client_assertions_by_age ON client_assertions (expires_at);

CREATE TABLE pushed_requests (
    -- SHA-256 of the request_uri.
    hash           BYTEA  NOT NULL PRIMARY KEY,
    client_id      TEXT   NOT NULL REFERENCES clients (id),
    -- Under the request_uri: a business may hint who someone is.
    request_sealed BYTEA  NOT NULL,
    expires_at     BIGINT NOT NULL,
    -- Which authorization request it came to be; a second one does not.
    used_by        TEXT
);
CREATE INDEX pushed_requests_by_age ON pushed_requests (expires_at);
