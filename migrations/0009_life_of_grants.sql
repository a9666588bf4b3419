-- Grants whose time comes. The rules of 0001 hold.

-- When its owner is to be warned that it ends; NULL once that was done, and
-- where nothing is held that could expire.
ALTER TABLE grants ADD COLUMN warn_at BIGINT;
-- A week before the end, or a quarter of the time that there was.
UPDATE grants SET warn_at = CASE
        WHEN (expires_at - created_at) / 4 < 604800000000
        THEN expires_at - (expires_at - created_at) / 4
        ELSE expires_at - 604800000000
    END
    WHERE ended_at IS NULL AND expires_at IS NOT NULL;

CREATE INDEX grants_by_expiry ON grants (expires_at, id)
    WHERE ended_at IS NULL AND expires_at IS NOT NULL;
CREATE INDEX grants_by_warning ON grants (warn_at, id)
    WHERE ended_at IS NULL AND warn_at IS NOT NULL;
