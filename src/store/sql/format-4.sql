-- What makes format 4 of a workspace of format 3. Records are authenticated: each lies in a bucket, each bucket has a digest, and a
-- member remembers the root over all digests. The records are made again from the log, and with them their digests.

-- The bucket of a record, by what the gate finds it by. Those of which there may be a million lie in buckets by their numbers.
ALTER TABLE record ADD COLUMN bucket INTEGER;
CREATE INDEX record_bucket ON record (bucket) WHERE bucket IS NOT NULL;

-- Nodes of the tree of digests: 32 digests of 32 bytes each, by height and place.
CREATE TABLE digest (
    node   INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL
) STRICT;

-- Records as they were before an act, where it changed them: a member takes back what others did since they were here, and
-- judges it again.
CREATE TABLE undo (
    position INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    id       BLOB NOT NULL,
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL,
    desk     BLOB NOT NULL,
    case_id  BLOB,
    partner  BLOB,
    subject  BLOB,
    tier     INTEGER,
    due      INTEGER,
    key      TEXT,
    terms    TEXT NOT NULL,
    body     INTEGER,
    shared   TEXT,
    bucket   INTEGER,
    PRIMARY KEY (position, number)
) STRICT, WITHOUT ROWID;

-- The number of the first record that the act could make; none for acts from before this format.
ALTER TABLE act ADD COLUMN next_number INTEGER;

-- A change is found in its act, and items of a case come in the order of their numbers.
CREATE INDEX act_first_row ON act (first_row);
DROP INDEX record_case;
CREATE INDEX record_case ON record (case_id, kind);

-- How many items a case has, or answer a request, by state, tier and marking.
CREATE TABLE item_tally (
    of      BLOB NOT NULL,
    state   TEXT NOT NULL,
    tier    INTEGER NOT NULL,
    marking TEXT NOT NULL,
    items   INTEGER NOT NULL,
    PRIMARY KEY (of, state, tier, marking)
) STRICT, WITHOUT ROWID;

-- How many items and other records are due in an hour, counted from 1970.
CREATE TABLE due_tally (
    hour   INTEGER PRIMARY KEY,
    items  INTEGER NOT NULL,
    others INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 4;
