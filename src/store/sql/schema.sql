-- The schema of format 1. The application id is "cmty"; user_version is the format.
PRAGMA application_id = 0x636d7479;
PRAGMA user_version = 1;

-- What the workspace is: id, realm, desk, replica.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Acts in the order in which this desk applies them. `via` is the position of the import that took a partner's act in.
CREATE TABLE act (
    position  INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE,
    desk      BLOB NOT NULL,
    replica   BLOB NOT NULL,
    sequence  INTEGER NOT NULL,
    audience  TEXT NOT NULL,
    at        INTEGER NOT NULL,
    via       INTEGER,
    first_row INTEGER NOT NULL,
    changes   INTEGER NOT NULL,
    header    BLOB NOT NULL,
    signature TEXT NOT NULL,
    UNIQUE (desk, replica, sequence)
) STRICT;

-- The changes of the acts, those of one act in a row. Content dies with its salt; its commitment remains. `came`: the
-- content was there when the change came. A change that a partner withheld has nothing but its leaf.
CREATE TABLE change (
    row        INTEGER PRIMARY KEY,
    record     BLOB,
    kind       TEXT,
    terms      TEXT,
    content    TEXT,
    salt       BLOB,
    commitment BLOB,
    leaf       BLOB,
    came       INTEGER NOT NULL DEFAULT 0,
    searched   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX change_record ON change (record);

-- Complete subtrees of the own logs.
CREATE TABLE node (
    replica BLOB NOT NULL,
    height  INTEGER NOT NULL,
    idx     INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (replica, height, idx)
) STRICT, WITHOUT ROWID;

-- The records: a projection of the acts.
CREATE TABLE record (
    number  INTEGER PRIMARY KEY,
    id      BLOB NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    desk    BLOB NOT NULL,
    case_id BLOB,
    partner BLOB,
    subject BLOB,
    tier    INTEGER,
    due     INTEGER,
    key     TEXT,
    terms   TEXT NOT NULL,
    body    INTEGER,
    shared  TEXT
) STRICT;
CREATE INDEX record_kind ON record (kind, state);
CREATE INDEX record_case ON record (case_id, kind, tier);
CREATE INDEX record_due ON record (due) WHERE due IS NOT NULL;
CREATE INDEX record_partner ON record (partner, kind) WHERE partner IS NOT NULL;
CREATE INDEX record_subject ON record (subject, kind) WHERE subject IS NOT NULL;
CREATE INDEX record_key ON record (kind, key) WHERE key IS NOT NULL;
CREATE INDEX record_shared ON record (number) WHERE shared IS NOT NULL;

-- Acts that wait to be carried: a projection of the acts.
CREATE TABLE waiting (
    partner  BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (partner, position)
) STRICT, WITHOUT ROWID;

-- The words that are searched: every text of a searched change's content. The index holds no text of its own.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
-- Words of one act are gathered in memory up to so many bytes: a large import then needs few merges.
INSERT INTO search (search, rank) VALUES ('hashsize', 12582912);
