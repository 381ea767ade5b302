-- What makes format 3 of a workspace of format 2. The records are made again from the log: an act that a partner sends again no
-- longer replaces what is held here, and an id that two desks use names a record of each.

-- Of which record a change is here, where its desk's name of it is another desk's, too.
ALTER TABLE change ADD COLUMN local BLOB;
CREATE INDEX change_local ON change (local) WHERE local IS NOT NULL;

PRAGMA user_version = 3;
