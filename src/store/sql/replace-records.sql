-- Puts the records that were made again, in the tables that shadow them, in the place of those that were there.

DELETE FROM main.record;
DELETE FROM main.terms;
DELETE FROM main.digest;
INSERT INTO main.terms SELECT * FROM temp.terms;
INSERT INTO main.record SELECT * FROM temp.record;
INSERT INTO main.digest SELECT * FROM temp.digest;
DROP TABLE temp.record;
DROP TABLE temp.terms;
DROP TABLE temp.digest;
DROP TABLE temp.waiting;
