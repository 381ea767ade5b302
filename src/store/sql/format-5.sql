-- What makes format 5 of a workspace of format 4. Nothing that is there is rewritten.

-- Terms that many changes have in common. `change.terms` is then the number of one of these, in digits. They belong to the log, as what
-- is in `terms` belongs to the records: these are made again from the log, the log never. None is ever taken away.
CREATE TABLE change_terms (
    number INTEGER PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE
) STRICT;

PRAGMA user_version = 5;
