-- What makes format 3 of a workspace of format 2: the records are made again from the log, since an act that a partner sends
-- again no longer replaces what is held here. No table is another.

PRAGMA user_version = 3;
