-- Mail that comes back later. The rules of 0001 hold.

-- When a mail to the contact address last came back because nobody is there; NULL
-- since somebody read mail there. `unreachable_at` is set with it, and does not go
-- because a server takes another mail: one took that which came back as well.
ALTER TABLE accounts ADD COLUMN bounced_at BIGINT;
