-- What Sluis has to tell others, and who is logged in where. The rules of 0001
-- hold.

-- Written in the transaction of the act that it tells of; gone once it is
-- delivered, so that what was delivered costs nothing.
CREATE TABLE outbox (
    -- Told to the receiver with every attempt, so that it knows a duplicate.
    id          TEXT   NOT NULL PRIMARY KEY,
    -- Who is told: one that is dead keeps nobody else's messages waiting.
    receiver    TEXT   NOT NULL,
    -- Messages of one lane go in order, one after the other.
    lane        TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    -- Names of clients, sessions and subjects, and nobody's values.
    body        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    -- From when on it is tried, or taken up again from a node that is lost.
    due_at      BIGINT NOT NULL,
    -- How often it was taken up: whoever took it up before has no say in it.
    attempts    BIGINT NOT NULL,
    -- Until when it is of any use.
    expires_at  BIGINT NOT NULL,
    -- Why it was not delivered, the last time.
    fault       TEXT,
    -- When it was given up. It stays a while, for the operator to see.
    given_up_at BIGINT
);
CREATE INDEX outbox_waiting ON outbox (receiver, due_at) WHERE given_up_at IS NULL;
CREATE INDEX outbox_by_lane ON outbox (receiver, lane, seq);
CREATE INDEX outbox_given_up ON outbox (given_up_at) WHERE given_up_at IS NOT NULL;

-- Receivers that do not answer, and until when they are left alone.
CREATE TABLE outbox_resting (
    receiver    TEXT   NOT NULL PRIMARY KEY,
    failures    BIGINT NOT NULL,
    rests_until BIGINT NOT NULL
);

-- Which clients someone logged in to through which session.
CREATE TABLE session_clients (
    account_id   TEXT   NOT NULL REFERENCES accounts (id),
    session_hash BYTEA  NOT NULL,
    -- What the client knows the session as.
    sid          TEXT   NOT NULL,
    -- That of the agreement, which sees to it that the client is there.
    client_id    TEXT   NOT NULL,
    grant_id     TEXT   NOT NULL REFERENCES grants (id),
    subject      TEXT   NOT NULL,
    PRIMARY KEY (account_id, session_hash, sid)
);
CREATE INDEX session_clients_by_grant ON session_clients (account_id, grant_id);
CREATE INDEX sessions_by_age ON sessions (expires_at);
