-- Registrations: their replacement, and those that nobody uses. The rules of
-- 0001 hold.

-- When it was last replaced: for a while the answer to that is given again,
-- should it have got lost.
ALTER TABLE clients ADD COLUMN registration_replaced_at BIGINT;

-- Clients that nobody vouches for and nobody uses are forgotten.

-- In place of one that leaves out the agreements that are over: whoever had
-- one is not forgotten, and the rows of clients are deleted by it.
DROP INDEX grants_by_client;
CREATE INDEX grants_by_client ON grants (client_id, id);

CREATE INDEX businesses_unvetted ON businesses (unvetted_since) WHERE unvetted_since IS NOT NULL;
CREATE INDEX clients_by_business ON clients (business_id);
-- What may be left of them is looked for, by the statement and by the database.
CREATE INDEX client_tokens_by_client ON client_tokens (client_id);
CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id);
CREATE INDEX device_codes_by_client ON device_codes (client_id);
CREATE INDEX initial_access_tokens_by_business ON initial_access_tokens (business_id);
