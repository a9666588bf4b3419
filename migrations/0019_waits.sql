-- The wait of a way back in counts from when its owner was told of it, and what
-- was won by the operator's key alone is used with care for a while. The rules
-- of 0001 hold.

-- When the mail left with which its owner can stop it.
ALTER TABLE recoveries ADD COLUMN heard_at BIGINT;
UPDATE recoveries SET heard_at = started_at;

-- When a password was last set with the operator's key.
ALTER TABLE accounts ADD COLUMN recovered_at BIGINT;
