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

PRAGMA user_version = 4;
