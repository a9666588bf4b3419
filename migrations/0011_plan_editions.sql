-- Editions of data plans, and the agreements that answer older ones. The rules
-- of 0001 hold.

-- The edition that it was last held against, to see what is left of it.
ALTER TABLE grants ADD COLUMN plan_held BIGINT NOT NULL DEFAULT 0;
-- The newest edition that its owner was asked about and did not take.
ALTER TABLE grants ADD COLUMN plan_refused BIGINT NOT NULL DEFAULT 0;
UPDATE grants SET plan_held = plan_version;
CREATE INDEX grants_by_plan ON grants (client_id, plan_held, id) WHERE ended_at IS NULL;

-- The edition that each of its agreements was held against.
ALTER TABLE clients ADD COLUMN plan_settled BIGINT NOT NULL DEFAULT 0;
UPDATE clients SET plan_settled = plan_version;
CREATE INDEX clients_to_settle ON clients (id) WHERE plan_settled < plan_version;
