-- Whose an address is. The rules of 0001 hold.

-- Keyed hash of an address that somebody signed up with and has not confirmed.
-- Until then `email_index` is that of no address: one belongs to whoever confirms
-- it, and any number may say that it is theirs.
ALTER TABLE accounts ADD COLUMN claimed_index BYTEA;
CREATE INDEX accounts_by_claim ON accounts (claimed_index);
