-- Every statement of the store, by name. `sql!` in `statement.rs` finds them.

-- name: meta.get
SELECT value FROM meta WHERE key = ?1

-- name: meta.set
INSERT INTO meta (key, value) VALUES (?1, ?2)

-- name: meta.replace
INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: meta.remove
DELETE FROM meta WHERE key = ?1

-- name: act.last_of_desk
SELECT header FROM act WHERE desk = ?1 ORDER BY position DESC LIMIT 1

-- name: act.size_of
SELECT max(sequence) + 1 FROM act WHERE desk = ?1 AND replica = ?2

-- name: act.beyond
SELECT id FROM act WHERE desk = ?1 AND replica = ?2 AND sequence >= ?3 ORDER BY sequence

-- name: act.add
INSERT INTO act (position, id, desk, replica, sequence, audience, at, via, first_row, changes, header, signature, next_number)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)

-- name: act.last
SELECT position, id, sequence, at, header FROM act WHERE desk = ?1 AND replica = ?2 ORDER BY sequence DESC LIMIT 1

-- name: act.columns
SELECT position, id, desk, replica, sequence, audience, at, via, first_row, changes
FROM act WHERE position > ?1 ORDER BY position LIMIT ?2

-- name: act.newest_by_time
SELECT position, id, desk, replica, sequence, via, first_row, changes, header, signature FROM act WHERE at >= ?1 ORDER BY at DESC, position DESC

-- name: act.next_position
SELECT coalesce(max(position), 0) + 1 FROM act

-- name: act.last_position
SELECT coalesce(max(position), 0) FROM act

-- name: act.by_position
SELECT position, id, desk, replica, sequence, via, first_row, changes, header, signature FROM act WHERE position = ?1

-- name: act.from
SELECT position, id, desk, replica, sequence, via, first_row, changes, header, signature
FROM act WHERE position >= ?1 ORDER BY position LIMIT ?2

-- name: act.back
SELECT position, id, desk, replica, sequence, via, first_row, changes, header, signature
FROM act WHERE position <= ?1 ORDER BY position DESC LIMIT ?2

-- name: act.by_id
SELECT position FROM act WHERE id = ?1

-- name: act.by_sequence
SELECT id FROM act WHERE desk = ?1 AND replica = ?2 AND sequence = ?3

-- name: act.before
SELECT header FROM act WHERE desk = ?1 AND replica = ?2 AND sequence < ?3 AND position < ?4 ORDER BY sequence DESC LIMIT 1

-- name: act.after
SELECT header FROM act WHERE desk = ?1 AND replica = ?2 AND sequence >= ?3 AND position < ?4 ORDER BY sequence LIMIT 1

-- name: act.begins
SELECT first_row, next_number FROM act WHERE position = ?1

-- name: act.next_row
SELECT first_row + changes FROM act ORDER BY position DESC LIMIT 1

-- name: act.by_row
SELECT position FROM act WHERE first_row <= ?1 ORDER BY first_row DESC LIMIT 1

-- name: act.header_of_row
SELECT header FROM act WHERE first_row <= ?1 ORDER BY first_row DESC LIMIT 1

-- name: act.whole
SELECT coalesce(max(position), 0) FROM act
WHERE position = ?1 OR via = ?1 OR via = (SELECT via FROM act WHERE position = ?1)

-- name: act.at_time
SELECT coalesce(max(position), 0) FROM act WHERE via IS NULL AND at <= ?1

-- name: act.of_case
SELECT act.position FROM act JOIN change ON change.row = act.first_row JOIN record ON record.id = coalesce(change.local, change.record)
WHERE record.id = ?1 OR record.case_id = ?1
    OR EXISTS (SELECT 1 FROM record AS about WHERE about.id = record.subject AND about.case_id = ?1)
    OR EXISTS (
        SELECT 1 FROM change AS second JOIN record AS copied ON copied.id = coalesce(second.local, second.record)
        WHERE second.row = act.first_row + 1 AND act.changes > 1 AND copied.case_id = ?1
    )
ORDER BY act.position DESC

-- name: record.is_restricted_since
SELECT EXISTS (SELECT 1 FROM main.record WHERE subject IN (?1, ?2) AND kind = 'hold' AND state = 'standing')
    OR EXISTS (
        SELECT 1 FROM main.record AS said
        WHERE said.subject IN (?1, ?2) AND said.kind = 'retention' AND said.state IN ('restrict', 'transfer', 'handed-over')
            AND NOT EXISTS (
                SELECT 1 FROM main.record AS newer
                WHERE newer.subject = said.subject AND newer.kind = 'retention' AND newer.state <> 'event' AND newer.number > said.number
            )
    )

-- name: change.since
SELECT row, record, kind, coalesce((SELECT text FROM change_terms WHERE number = CAST(change.terms AS INTEGER) AND CAST(number AS TEXT) = change.terms), change.terms),
    content, salt, commitment, leaf, came, searched FROM main.change AS change
WHERE ((record = ?1 AND local IS NULL) OR local = ?1) ORDER BY row

-- name: record.id_now
SELECT id FROM main.record WHERE number = (SELECT number FROM record WHERE id = ?1)

-- name: record.due_now
SELECT due FROM main.record WHERE id = ?1

-- name: act.for_partners
SELECT position FROM act WHERE audience = 'partners' AND desk = ?1 ORDER BY position

-- name: act.for_all_partners
SELECT position FROM act WHERE audience = 'partners' AND via IS NULL

-- name: act.heads
SELECT change.record, coalesce((SELECT text FROM change_terms WHERE number = CAST(change.terms AS INTEGER) AND CAST(number AS TEXT) = change.terms), change.terms)
FROM act JOIN change ON change.row = act.first_row
WHERE act.first_row >= ?2 AND act.first_row < ?3 AND change.kind = ?1

-- name: change.next_row
SELECT coalesce(max(row), 0) + 1 FROM change

-- name: change.add
INSERT INTO change (row, record, kind, terms, content, salt, commitment, came, searched, number)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: change_terms.find
SELECT number FROM change_terms WHERE text = ?1

-- name: change_terms.add
INSERT INTO change_terms (text) VALUES (?1)

-- name: change_terms.of_no_change
SELECT EXISTS (SELECT 1 FROM change_terms WHERE CAST(number AS TEXT) NOT IN (SELECT terms FROM change WHERE terms NOT LIKE '{%'))

-- name: change.add_leaf
INSERT INTO change (row, leaf) VALUES (?1, ?2)

-- name: change.range
SELECT row, record, kind, coalesce((SELECT text FROM change_terms WHERE number = CAST(change.terms AS INTEGER) AND CAST(number AS TEXT) = change.terms), change.terms),
    content, salt, commitment, leaf, came, searched
FROM change WHERE row >= ?1 AND row < ?2 ORDER BY row

-- name: change.of_record
SELECT row, record, kind, coalesce((SELECT text FROM change_terms WHERE number = CAST(change.terms AS INTEGER) AND CAST(number AS TEXT) = change.terms), change.terms),
    content, salt, commitment, leaf, came, searched FROM change
WHERE (record = ?1 AND local IS NULL) OR local = ?1 ORDER BY row

-- name: change.rows_of_record
SELECT row, kind FROM change WHERE (record = ?1 AND local IS NULL) OR local = ?1 ORDER BY row

-- name: change.first_of_record
SELECT min(row) FROM change WHERE (record = ?1 AND local IS NULL) OR local = ?1

-- name: change.any_content
SELECT EXISTS (SELECT 1 FROM change WHERE ((record = ?1 AND local IS NULL) OR local = ?1) AND content IS NOT NULL)

-- name: change.contents_of_record
SELECT row, record, kind, content, salt, searched FROM change
WHERE ((record = ?1 AND local IS NULL) OR local = ?1) AND content IS NOT NULL

-- name: change.content
SELECT content FROM change WHERE row = ?1

-- name: change.is_local
UPDATE change SET local = ?2 WHERE row = ?1

-- name: change.rename
UPDATE change SET local = ?2 WHERE record = ?1 AND local IS NULL
    AND row IN (SELECT change.row FROM change JOIN act ON change.row >= act.first_row AND change.row < act.first_row + act.changes WHERE change.record = ?1 AND act.desk = ?3)

-- name: change.locals
SELECT row, local FROM change WHERE local IS NOT NULL

-- name: change.rows_of_name
SELECT change.row FROM change JOIN act ON change.row >= act.first_row AND change.row < act.first_row + act.changes
WHERE change.record = ?1 AND act.desk = ?2 AND change.row < ?3

-- name: change.lost
SELECT DISTINCT coalesce(local, record) FROM change WHERE came = 1 AND content IS NULL

-- name: change.erased_since
SELECT coalesce(erased.local, erased.record)
FROM act JOIN change AS head ON head.row = act.first_row
    JOIN change AS erased ON erased.row > act.first_row AND erased.row < act.first_row + act.changes
WHERE act.position > ?1 AND head.kind IN ('purge', 'backup-reapply') AND erased.kind IN ('erase', 'backup-erase')

-- name: change.erase
UPDATE change SET content = NULL, salt = NULL, commitment = ?2, searched = 0 WHERE row = ?1

-- name: change.searched
SELECT row, content FROM change WHERE searched = 1 ORDER BY row

-- name: change.following
SELECT record, local, number FROM change
WHERE row > ?1 AND row < (SELECT max(first_row + changes) FROM act WHERE first_row = ?1) AND kind = ?2 ORDER BY row

-- name: node.get
SELECT hash FROM node WHERE replica = ?1 AND height = ?2 AND idx = ?3

-- name: node.add
INSERT INTO node (replica, height, idx, hash) VALUES (?1, ?2, ?3, ?4)

-- name: record.get
SELECT id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared FROM record WHERE id = ?1

-- name: record.get_checked
SELECT id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, number, bucket FROM record WHERE id = ?1

-- name: record.at
SELECT id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared FROM record WHERE number = ?1

-- name: record.at_checked
SELECT id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, number, bucket FROM record WHERE number = ?1

-- name: record.of_bucket
SELECT number, id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared
FROM record INDEXED BY record_bucket WHERE bucket = ?1 AND number < ?2 ORDER BY number

-- name: record.of_numbers
SELECT number, id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared
FROM record WHERE number >= ?1 AND number < ?2 AND bucket IS NULL ORDER BY number

-- name: record.by_state
SELECT state, desk = ?2, count(*), min(number), max(number) FROM record WHERE kind = ?1 GROUP BY 1, 2

-- name: record.items
SELECT number FROM record WHERE case_id = ?1 AND kind = 'item'

-- name: record.first_items
SELECT number FROM record WHERE case_id = ?1 AND kind = 'item' LIMIT ?2

-- name: record.people
SELECT number FROM record WHERE case_id = ?1 AND kind = 'item' AND (
    terms IN (SELECT CAST(number AS TEXT) FROM terms WHERE json_extract(text, '$.person_class') <> 'none')
    OR (terms LIKE '{%' AND json_extract(terms, '$.person_class') <> 'none')
)

-- name: record.clocks
SELECT number FROM record
WHERE due IS NOT NULL AND (due <= ?1 OR number NOT IN (SELECT number FROM record WHERE kind = ?2)) ORDER BY due, number

-- name: record.clocks_of_case
SELECT number FROM record
WHERE case_id = ?3 AND due IS NOT NULL AND (due <= ?1 OR kind <> ?2) ORDER BY due, number

-- name: record.clocks_of_no_case
SELECT number FROM record
WHERE due IS NOT NULL AND +case_id IS NULL AND (due <= ?1 OR kind <> ?2) ORDER BY due, number

-- name: record.clock_groups
SELECT case_id, min(due), count(*), sum(kind = 'item') FROM record
WHERE due IS NOT NULL AND case_id IS NOT NULL AND (due <= ?1 OR kind <> ?2) GROUP BY due / 86400000, case_id ORDER BY min(due)

-- name: record.shared_groups
SELECT case_id, shared, count(*) FROM record WHERE shared IS NOT NULL GROUP BY +case_id, shared

-- name: record.reference
SELECT kind, id FROM record WHERE number = ?1

-- name: record.due_between
SELECT count(*) FROM record WHERE due >= ?1 AND due < ?2

-- name: record.item_days
SELECT min(due), count(*) FROM record WHERE case_id = ?1 AND kind = 'item' AND due IS NOT NULL GROUP BY due / 86400000

-- name: record.items_due_between
SELECT count(*) FROM record WHERE case_id = ?1 AND kind = 'item' AND due >= ?2 AND due < ?3

-- name: record.due_from
SELECT number FROM record WHERE kind = ?1 AND +due >= ?2 ORDER BY due, number

-- name: record.others_due_between
SELECT (SELECT count(*) FROM record WHERE kind < 'item' AND +due >= ?1 AND +due < ?2)
    + (SELECT count(*) FROM record WHERE kind > 'item' AND +due >= ?1 AND +due < ?2)

-- name: record.terms_size
SELECT octet_length(coalesce((SELECT text FROM terms WHERE CAST(number AS TEXT) = record.terms AND number = CAST(record.terms AS INTEGER)), terms))
FROM record WHERE id = ?1

-- name: record.count
SELECT count(*) FROM record

-- name: record.next_number
SELECT coalesce(max(number), 0) + 1 FROM record

-- name: record.number
SELECT number FROM record WHERE id = ?1

-- name: record.code
SELECT key FROM record WHERE id = ?1 AND kind IN (?2, ?3)

-- name: record.is_purged
SELECT state IN ('purged', 'readmitting'), partner FROM record WHERE id = ?1

-- name: record.rename
UPDATE record SET id = ?2 WHERE id = ?1

-- name: record.under_name
SELECT number FROM record WHERE (case_id = ?1 OR subject = ?1) AND partner = ?2 ORDER BY number

-- name: record.put
INSERT INTO record (id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, bucket)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, state = excluded.state, desk = excluded.desk, case_id = excluded.case_id,
    partner = excluded.partner, subject = excluded.subject, tier = excluded.tier, due = excluded.due,
    key = excluded.key, terms = excluded.terms, body = excluded.body, shared = excluded.shared, bucket = excluded.bucket

-- name: record.put_terms
UPDATE record SET terms = ?2, body = ?3, shared = ?4 WHERE number = ?1

-- name: record.put_state
UPDATE record SET terms = ?2, body = ?3, shared = ?4, state = ?5, tier = ?6, due = ?7 WHERE number = ?1

-- name: record.put_new
INSERT INTO record (id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, bucket)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (id) DO NOTHING

-- name: record.read_of_case
SELECT count(*) FROM record NOT INDEXED WHERE case_id = ?1

-- name: record.listed_of_case
SELECT count(*) FROM record INDEXED BY record_case WHERE case_id = ?1

-- name: record.of_kind_by_prefix
SELECT id FROM record WHERE id BETWEEN ?1 AND ?2 AND kind = ?3 LIMIT ?4

-- name: record.by_prefix
SELECT id FROM record WHERE id BETWEEN ?1 AND ?2 AND +kind = ?3 LIMIT ?4

-- name: record.in_order
SELECT number, id, kind, state, desk, case_id, partner, subject, tier, due, key,
    coalesce((SELECT text FROM terms WHERE CAST(terms.number AS TEXT) = record.terms AND terms.number = CAST(record.terms AS INTEGER)), record.terms), body, shared, bucket
FROM record WHERE number > ?1 ORDER BY number LIMIT ?2

-- name: digest.get
SELECT hashes FROM digest WHERE node = ?1

-- name: digest.put
INSERT INTO digest (node, hashes) VALUES (?1, ?2) ON CONFLICT (node) DO UPDATE SET hashes = excluded.hashes

-- name: digest.drop
DELETE FROM digest WHERE node = ?1

-- name: digest.in_order
SELECT node, hashes FROM digest WHERE node > ?1 ORDER BY node LIMIT ?2

-- name: record.places_from
SELECT number, bucket FROM record WHERE number >= ?1

-- name: record.places_to_undo
SELECT number, bucket FROM record WHERE number IN (SELECT number FROM undo WHERE position > ?1)

-- name: record.drop_from
DELETE FROM record WHERE number >= ?1

-- name: undo.places
SELECT number, bucket FROM undo WHERE position > ?1

-- name: undo.apply
UPDATE record SET
    id = was.id, kind = was.kind, state = was.state, desk = was.desk, case_id = was.case_id, partner = was.partner,
    subject = was.subject, tier = was.tier, due = was.due, key = was.key, terms = was.terms, body = was.body,
    shared = was.shared, bucket = was.bucket
FROM (
    SELECT *, min(position) FROM undo WHERE position > ?1 GROUP BY number
) AS was WHERE record.number = was.number

-- name: tally.add_items
INSERT INTO item_tally (of, state, tier, marking, items) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET items = items + excluded.items

-- name: tally.add_due
INSERT INTO due_tally (hour, items, others) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET items = items + excluded.items, others = others + excluded.others

-- name: tally.drop_items
DELETE FROM item_tally WHERE of = ?1 AND state = ?2 AND tier = ?3 AND marking = ?4 AND items = 0

-- name: tally.drop_due
DELETE FROM due_tally WHERE hour = ?1 AND items = 0 AND others = 0

-- name: tally.held
SELECT coalesce(sum(items), 0) FROM item_tally WHERE of = ?1 AND state = ?2

-- name: tally.markings
SELECT DISTINCT marking FROM item_tally WHERE of = ?1 AND state = ?2 AND items > 0

-- name: tally.due
SELECT coalesce(sum(items), 0), coalesce(sum(others), 0) FROM due_tally WHERE hour < ?1

-- name: tally.due_hours
SELECT hour, items, others FROM due_tally WHERE hour >= ?1 AND hour < ?2

-- name: tally.items
SELECT of, state, tier, marking, items FROM item_tally ORDER BY of, state, tier, marking

-- name: tally.due_in_order
SELECT hour, items, others FROM due_tally WHERE hour > ?1 ORDER BY hour LIMIT ?2

-- name: act.by_week
SELECT desk, (?1 - at) / 604800000, count(*) FROM act
WHERE position > (SELECT max(position) FROM act) - ?3 AND at <= ?1 AND at > ?1 - ?2 * 604800000 GROUP BY 1, 2

-- name: undo.count
SELECT count(*) FROM undo WHERE position > ?1

-- name: undo.numbers
SELECT DISTINCT number FROM undo WHERE position > ?1 AND number < ?2

-- name: undo.begins
SELECT min(position) FROM act WHERE next_number IS NOT NULL

-- name: undo.in_order
SELECT position, number, id, kind, state, desk, case_id, partner, subject, tier, due, key,
    coalesce((SELECT text FROM terms WHERE CAST(terms.number AS TEXT) = undo.terms AND terms.number = CAST(undo.terms AS INTEGER)), undo.terms), body, shared, bucket
FROM undo WHERE position >= ?1 ORDER BY position, number

-- name: act.next_numbers
SELECT position, next_number FROM act WHERE position >= ?1 ORDER BY position

-- name: undo.forget
DELETE FROM undo

-- name: act.forget_numbers
UPDATE act SET next_number = NULL

-- name: undo.add
INSERT INTO undo (position, number, id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, bucket)
SELECT ?1, number, id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, bucket
FROM record WHERE number = ?2 ON CONFLICT DO NOTHING

-- name: terms.get
SELECT text FROM terms WHERE number = ?1

-- name: terms.find
SELECT number FROM terms WHERE text = ?1

-- name: terms.add
INSERT INTO terms (text) VALUES (?1)

-- name: terms.all
SELECT text FROM terms ORDER BY number

-- name: waiting.add
INSERT INTO waiting (partner, position) VALUES (?1, ?2) ON CONFLICT DO NOTHING

-- name: waiting.carried
DELETE FROM waiting WHERE partner = ?1 AND position = (SELECT position FROM act WHERE id = ?2)

-- name: waiting.no_more
DELETE FROM waiting WHERE partner = ?1 AND position = (SELECT position FROM act WHERE first_row = ?2)

-- name: waiting.of
SELECT position FROM waiting WHERE partner = ?1 ORDER BY position

-- name: waiting.all
SELECT partner, position FROM waiting ORDER BY partner, position

-- name: search.add
INSERT INTO search (rowid, words) VALUES (?1, ?2)

-- name: search.drop
INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)

-- name: search.find
SELECT coalesce(change.local, change.record) FROM search JOIN change ON change.row = search.rowid WHERE search MATCH ?1
ORDER BY search.rowid DESC LIMIT ?2

-- name: search.empty
INSERT INTO search (search) VALUES ('delete-all')

-- name: search.count
SELECT count(*) FROM search_docsize

-- name: search.check
INSERT INTO search (search) VALUES ('integrity-check')

-- name: search.vocabulary
CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, search, instance)

-- name: search.instances
SELECT term, doc, "offset" FROM temp.vocabulary

-- name: schema.of_table
SELECT sql FROM main.sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY rowid

-- name: schema
SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name
