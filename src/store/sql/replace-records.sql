-- Puts the records that were made again, in the tables that shadow them, in the place of those that were there.

DELETE FROM main.record;
DELETE FROM main.terms;
DELETE FROM main.digest;
DELETE FROM main.item_tally;
DELETE FROM main.due_tally;
INSERT INTO main.terms SELECT * FROM temp.terms;
INSERT INTO main.record SELECT * FROM temp.record;
INSERT INTO main.digest SELECT * FROM temp.digest;
INSERT INTO main.item_tally SELECT * FROM temp.item_tally;
INSERT INTO main.due_tally SELECT * FROM temp.due_tally;
DROP TABLE temp.record;
DROP TABLE temp.terms;
DROP TABLE temp.digest;
DROP TABLE temp.item_tally;
DROP TABLE temp.due_tally;
DROP TABLE temp.waiting;
