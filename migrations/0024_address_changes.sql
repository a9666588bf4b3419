-- Changes of address that wait until somebody follows the link which was mailed to
-- the new one. The rules of 0001 hold.

CREATE TABLE address_changes (
    -- The newest that its owner asked for. It stays when that is over, without the
    -- address: a link that was mailed before does nothing then.
    account_id     TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    -- Keyed hash of the address, and the address under the master key, as long as it
    -- waits.
    address_index  BYTEA,
    address_sealed BYTEA,
    asked_at       BIGINT NOT NULL,
    -- How much there was besides a password then.
    second_factors BIGINT NOT NULL,
    -- When the link to it is of no more use.
    expires_at     BIGINT NOT NULL
);
CREATE INDEX address_changes_by_age ON address_changes (expires_at)
    WHERE address_sealed IS NOT NULL;

-- How an account stood when a change was asked for that can be undone: what was set
-- up since goes then.
CREATE TABLE address_undos (
    account_id     TEXT   NOT NULL REFERENCES accounts (id),
    -- Of the link that undoes it.
    link_hash      BYTEA  NOT NULL,
    asked_at       BIGINT NOT NULL,
    second_factors BIGINT NOT NULL,
    PRIMARY KEY (account_id, link_hash)
);
