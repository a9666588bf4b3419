-- Lists of what came along read little. The rules of 0001 hold.

-- The least that is to be said of an import, under the vault key. Those from
-- before have none, and are opened instead.
ALTER TABLE imports ADD COLUMN summary_sealed BYTEA;
