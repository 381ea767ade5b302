-- What makes format 2 of a workspace of format 1; a new one is made by both. Nothing that is there is rewritten.

-- Terms that many records have in common. `record.terms` is then the number of one of these, in digits. Terms hold no free
-- text and outlive what they are of, so none of these is ever taken away.
CREATE TABLE terms (
    number INTEGER PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE
) STRICT;

-- Where the record of an own copy stood in the table of records when it was copied: it spares a search, and decides nothing.
ALTER TABLE change ADD COLUMN number INTEGER;

PRAGMA user_version = 2;
