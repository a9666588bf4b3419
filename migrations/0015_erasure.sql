-- Keys of the escrow, which come and go, and accounts that go. The rules of
-- 0001 hold.

-- The escrow keys that there were: files below keys/escrow, never in here.
CREATE TABLE escrow_epochs (
    epoch      BIGINT NOT NULL PRIMARY KEY,
    -- Opens under the right file alone.
    key_check  BYTEA,
    made_at    BIGINT NOT NULL,
    -- Since when another is used in its place.
    retired_at BIGINT,
    -- Since when nothing is wrapped by it any more, and its file goes.
    spent_at   BIGINT
);
-- That of instances from before this migration, which comes of master.key: its
-- time is up at once.
INSERT INTO escrow_epochs (epoch, made_at) VALUES (0, 0);
CREATE INDEX keyholders_by_escrow_epoch ON keyholders (params, account_id) WHERE kind = 'escrow';

-- When the account was erased. What is left of it names nobody.
ALTER TABLE accounts ADD COLUMN erased_at BIGINT;
CREATE INDEX accounts_erased ON accounts (erased_at, id) WHERE erased_at IS NOT NULL;

-- Accounts whose owner wants them erased, and wants a month to think it over.
CREATE TABLE erasures (
    account_id TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    asked_at   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    -- The agreements that were paused for it, as a JSON array.
    paused     TEXT   NOT NULL
);
CREATE INDEX erasures_due ON erasures (due_at, account_id);
CREATE INDEX passkey_ceremonies_by_account ON passkey_ceremonies (account_id) WHERE account_id IS NOT NULL;

-- What hangs on them is looked for, when the last of an account goes.
CREATE INDEX session_clients_by_agreement ON session_clients (grant_id);
CREATE INDEX rights_requests_by_account ON rights_requests (account_id);
