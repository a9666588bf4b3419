-- Devices that wait for someone to sign in elsewhere (RFC 8628). The rules of
-- 0001 hold.

CREATE TABLE device_codes (
    -- SHA-256 of the device code.
    hash             BYTEA  NOT NULL PRIMARY KEY,
    -- Keyed hash of the code that people type: it is short, and would be found
    -- by trying.
    user_code_index  BYTEA  NOT NULL UNIQUE,
    client_id        TEXT   NOT NULL REFERENCES clients (id),
    -- What is asked for. It names nobody: who will answer is not known.
    request          TEXT   NOT NULL,
    expires_at       BIGINT NOT NULL,
    interval_seconds BIGINT NOT NULL,
    polled_at        BIGINT,
    answered_at      BIGINT,
    -- The agreement that came of it; none when the answer was no.
    grant_id         TEXT
);
CREATE INDEX device_codes_by_age ON device_codes (expires_at);
