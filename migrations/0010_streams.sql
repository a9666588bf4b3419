-- Streams of events to clients (OpenID Shared Signals Framework 1.0). The rules
-- of 0001 hold.

CREATE TABLE streams (
    id                   TEXT   NOT NULL PRIMARY KEY,
    -- One for each client.
    client_id            TEXT   NOT NULL UNIQUE REFERENCES clients (id),
    -- Its name in the outbox.
    receiver             TEXT   NOT NULL UNIQUE,
    status               TEXT   NOT NULL,
    reason               TEXT,
    -- What the client asks for, as a JSON array; all that there is when empty.
    events_requested     TEXT,
    description          TEXT,
    -- Where events are pushed to; the client fetches them when empty.
    push_endpoint        TEXT,
    -- What the client wants to be shown there, under the master key.
    authorization_sealed BYTEA,
    -- Since when its messages wait, because it is paused or because they are
    -- fetched; empty when they are pushed.
    held_since           BIGINT,
    -- Counts changes.
    revision             BIGINT NOT NULL,
    created_at           BIGINT NOT NULL,
    -- When its receiver last gave a sign of life, to within some minutes.
    active_at            BIGINT NOT NULL,
    -- When the client last asked for a verification.
    verified_at          BIGINT
);

-- Subjects that a client does not want to hear of.
CREATE TABLE stream_removed_subjects (
    stream_id TEXT NOT NULL REFERENCES streams (id),
    subject   TEXT NOT NULL,
    PRIMARY KEY (stream_id, subject)
);
