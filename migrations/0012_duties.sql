-- Deletion duties: what a business owes once an agreement is over, or covers
-- less. The rules of 0001 hold.

CREATE TABLE deletion_duties (
    id          TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    -- It sees to it that the client is there.
    grant_id    TEXT   NOT NULL REFERENCES grants (id),
    client_id   TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    -- Names of claims, and nobody's values.
    claims      TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    -- open, overdue, confirmed or lapsed.
    state       TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    delete_by   BIGINT NOT NULL,
    -- When a message about it was first heard.
    told_at     BIGINT,
    -- When the business first looked at it.
    seen_at     BIGINT,
    overdue_at  BIGINT,
    -- When the consumer says that they wrote to the business.
    letter_at   BIGINT,
    -- When another agreement came to cover all of it.
    lapsed_at   BIGINT,
    answered_at BIGINT,
    -- What the business says it keeps, and on which ground: names of claims.
    kept        TEXT
);
CREATE INDEX deletion_duties_by_account ON deletion_duties (account_id, grant_id, id);
CREATE INDEX deletion_duties_by_grant ON deletion_duties (grant_id);
CREATE INDEX deletion_duties_by_client ON deletion_duties (client_id, id);
CREATE INDEX deletion_duties_by_state ON deletion_duties (client_id, state, id);
CREATE INDEX deletion_duties_by_day ON deletion_duties (delete_by, id) WHERE state = 'open';

-- Requests by which people use their rights, and what businesses answer.

CREATE TABLE rights_requests (
    id          TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    -- It sees to it that the client is there.
    grant_id    TEXT   NOT NULL REFERENCES grants (id),
    client_id   TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    -- Counts the requests under one agreement, from 1.
    number      BIGINT NOT NULL,
    -- access, rectification, restriction, objection or portability.
    kind        TEXT   NOT NULL,
    -- Names of claims, and nobody's values.
    claims      TEXT   NOT NULL,
    -- open, overdue or answered.
    state       TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    extended_at BIGINT,
    overdue_at  BIGINT,
    answered_at BIGINT,
    -- Whoever answers seals with the one; the vault key opens the other.
    reply_key   BYTEA  NOT NULL,
    reply_key_wrapped BYTEA NOT NULL
);
CREATE UNIQUE INDEX rights_requests_by_number ON rights_requests (grant_id, number);
-- Of each kind, one waits for an answer.
CREATE UNIQUE INDEX rights_requests_waiting ON rights_requests (grant_id, kind)
    WHERE answered_at IS NULL;
CREATE INDEX rights_requests_by_client ON rights_requests (client_id, id);
CREATE INDEX rights_requests_by_state ON rights_requests (client_id, state, id);
CREATE INDEX rights_requests_by_day ON rights_requests (due_at, id) WHERE state = 'open';

CREATE TABLE rights_answers (
    request_id  TEXT   NOT NULL REFERENCES rights_requests (id),
    seq         BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    answered_at BIGINT NOT NULL,
    -- Until when it was extended.
    until_at    BIGINT,
    text_sealed BYTEA  NOT NULL,
    PRIMARY KEY (request_id, seq)
);
