-- What a mailbox bears, and what came of a link. The rules of 0001 hold.

-- Which mailbox was mailed, by the keyed hash of its address, and of which kind: the
-- bound on what others can have somebody mailed. It names no account, since it
-- outlives those that asked: whoever made one and erased it in turn would begin anew.
-- It goes as soon as it counts no more, within a day.
CREATE TABLE mailings (
    address_index BYTEA  NOT NULL,
    purpose       TEXT   NOT NULL,
    -- Of the link, or of the message: a mail that is sent again counts once.
    hash          BYTEA  NOT NULL,
    mailed_at     BIGINT NOT NULL,
    PRIMARY KEY (address_index, purpose, hash)
);
CREATE INDEX mailings_by_age ON mailings (mailed_at);

-- When a link did what it is for. One that is merely spent had its place taken by
-- another, or what it was for was over.
ALTER TABLE mail_links ADD COLUMN used_at BIGINT;
