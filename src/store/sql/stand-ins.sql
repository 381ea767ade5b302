-- Counts as format 4 keeps them, computed where a workspace of an older format is only read.

CREATE TEMP VIEW item_tally AS
WITH counted AS (
    SELECT case_id AS of, state, tier, terms FROM main.record WHERE kind = 'item' AND case_id IS NOT NULL
    UNION ALL SELECT subject, state, tier, terms FROM main.record WHERE kind = 'item' AND subject IS NOT NULL
), said AS (
    SELECT of, state, tier, coalesce(
        (SELECT text FROM terms WHERE CAST(terms.number AS TEXT) = counted.terms AND terms.number = CAST(counted.terms AS INTEGER)),
        counted.terms
    ) AS whole FROM counted
)
SELECT of, state, coalesce(tier, 0) AS tier,
    json_extract(whole, '$.tlp') || ' ' || json_extract(whole, '$.pap')
        || coalesce((SELECT group_concat(' ' || value, '') FROM json_each(whole, '$.handling')), '') AS marking,
    count(*) AS items
FROM said GROUP BY 1, 2, 3, 4;

CREATE TEMP VIEW due_tally AS
SELECT due / 3600000 AS hour, sum(kind = 'item') AS items, sum(kind <> 'item') AS others
FROM main.record WHERE due IS NOT NULL GROUP BY 1;
