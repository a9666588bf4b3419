-- When the newest receipt of an agreement was signed. What is recorded beside
-- an agreement moves no time of its own, and no receipt may be older than the
-- one before it. 0 for agreements of before: theirs is not younger than
-- updated_at.
ALTER TABLE grants ADD COLUMN chain_at BIGINT NOT NULL DEFAULT 0;

-- When the next purpose of an agreement runs out, before all of it does. 0 where
-- that has not been looked at yet.
ALTER TABLE grants ADD COLUMN lapses_at BIGINT DEFAULT 0;
CREATE INDEX grants_by_lapse ON grants (lapses_at, id)
    WHERE ended_at IS NULL AND lapses_at IS NOT NULL;
