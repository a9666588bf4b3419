-- What is guessed in a browser that an account knows is counted there by itself:
-- whoever guesses elsewhere does not slow its owner down. The rules of 0001 hold.

ALTER TABLE known_browsers ADD COLUMN failures  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE known_browsers ADD COLUMN failed_at BIGINT NOT NULL DEFAULT 0;

-- Whether a sign-in with this password was counted as a guess at that of whoever has
-- the address, which its account merely claims.
ALTER TABLE keyholders ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
