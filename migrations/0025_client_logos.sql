-- Logos of clients, as they were fetched, so that no browser asks a business for
-- one. The rules of 0001 hold.

CREATE TABLE client_logos (
    client_id  TEXT   NOT NULL REFERENCES clients (id),
    -- Where it is from. What its client does not name any more is shown no more.
    uri        TEXT   NOT NULL,
    -- Of the picture: a part of its own address.
    hash       TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    fetched_at BIGINT NOT NULL,
    -- Last: whoever reads the rest does not read this.
    picture    BYTEA  NOT NULL,
    PRIMARY KEY (client_id, uri)
);

-- When the logos of a client are fetched next; null where there are none to
-- fetch. Those from before are due at once, as are those that an older version
-- registers.
ALTER TABLE clients ADD COLUMN logo_due_at BIGINT DEFAULT 0;
ALTER TABLE clients ADD COLUMN logo_failures BIGINT NOT NULL DEFAULT 0;
CREATE INDEX clients_logo_due ON clients (logo_due_at) WHERE logo_due_at IS NOT NULL;
