-- Balances anew, in DuckDB, from `events.parquet` alone: a second implementation. It shares no code
-- with the ledger; it was written from what the events say they mean (`dictionary.md`).
-- Tell it the file first, e.g. SET VARIABLE events = 'events.parquet'; what comes out is the table
-- `recomputed`.
--
-- A lot's quantities are sums over its events, so their order does not matter. What makes a lot says
-- its scheme and unit; the first that does counts. `name` has a version after an `@`; the fields that
-- are read here mean the same in all of them.

CREATE TEMP VIEW happened AS
SELECT
    position,
    account,
    split_part(name, '@', 1) AS name,
    json_extract(payload, '$.event') AS event
FROM read_parquet(getvariable('events'));

-- One line for each quantity that an event changes of one lot.
CREATE TEMP TABLE changed AS
WITH single AS (
    SELECT
        position,
        account,
        name,
        event ->> '$.lot' AS lot,
        event ->> '$.from_lot' AS from_lot,
        (event ->> '$.quantity')::BIGINT AS quantity,
        (event ->> '$.from_expired')::BIGINT AS from_expired,
        (event ->> '$.quantity_in')::BIGINT AS quantity_in,
        (event ->> '$.quantity_out')::BIGINT AS quantity_out
    FROM happened
),
-- What is reserved and used comes from several lots: [["lot", quantity], ...].
parts AS (
    SELECT
        position,
        account,
        name,
        coalesce((event ->> '$.reserved')::BOOLEAN, false) AS reserved,
        unnest(from_json(event -> '$.allocation', '["JSON"]')) AS part
    FROM happened
    WHERE name IN ('right-reserved', 'reservation-released', 'right-used', 'use-reversed')
),
taken AS (
    SELECT
        account, name, reserved, part ->> '$[0]' AS lot, (part ->> '$[1]')::BIGINT AS quantity
    FROM parts
)
SELECT account, lot, 'granted' AS what, quantity FROM single WHERE name = 'right-granted'
UNION ALL
SELECT account, lot, 'withdrawn', quantity FROM single WHERE name = 'right-withdrawn'
UNION ALL
SELECT account, lot, 'expired', -from_expired FROM single WHERE name = 'right-withdrawn'
UNION ALL
SELECT account, lot, 'expired', quantity FROM single WHERE name = 'right-expired'
UNION ALL
SELECT account, lot, 'expired', -quantity FROM single WHERE name = 'right-restored'
UNION ALL
SELECT account, lot, 'shortfall', quantity FROM single WHERE name = 'shortfall-recorded'
UNION ALL
SELECT account, lot, 'shortfall', -quantity FROM single WHERE name = 'shortfall-settled'
UNION ALL
SELECT account, from_lot, 'transferred_out', quantity_out FROM single WHERE name = 'right-transferred'
UNION ALL
SELECT account, lot, 'transferred_in', quantity_in FROM single WHERE name = 'right-transferred'
UNION ALL
SELECT account, from_lot, 'transferred_out', -quantity_out FROM single WHERE name = 'transfer-reversed'
UNION ALL
SELECT account, lot, 'transferred_in', -quantity_in FROM single WHERE name = 'transfer-reversed'
UNION ALL
SELECT account, lot, 'reserved', quantity FROM taken WHERE name = 'right-reserved'
UNION ALL
SELECT account, lot, 'reserved', -quantity FROM taken WHERE name = 'reservation-released'
UNION ALL
SELECT account, lot, 'used', quantity FROM taken WHERE name = 'right-used'
UNION ALL
SELECT account, lot, 'reserved', -quantity FROM taken WHERE name = 'right-used' AND reserved
UNION ALL
SELECT account, lot, 'used', -quantity FROM taken WHERE name = 'use-reversed';

CREATE TEMP TABLE made AS
SELECT
    account,
    event ->> '$.lot' AS lot,
    arg_min(event ->> '$.scheme', position) AS scheme,
    arg_min(event ->> '$.unit', position) AS unit
FROM happened
WHERE name IN ('right-granted', 'right-transferred')
GROUP BY ALL;

-- Of an account that was erased nothing is told any more. `merged` is of one that another stands for:
-- its lots stay, and count for nobody.
CREATE TEMP TABLE ended AS
SELECT
    account,
    bool_or(name = 'account-erased') AS erased,
    arg_max(name, position) FILTER (name LIKE 'account-%merged') = 'account-merged' AS merged
FROM happened
WHERE name IN ('account-erased', 'account-merged', 'account-unmerged')
GROUP BY account;

CREATE TEMP TABLE recomputed AS
WITH summed AS (
    PIVOT changed
    ON what IN (
        'granted', 'withdrawn', 'transferred_in', 'transferred_out', 'reserved', 'used', 'expired',
        'shortfall'
    )
    USING coalesce(sum(quantity), 0)::BIGINT
    GROUP BY account, lot
)
SELECT
    account, lot, scheme, unit,
    granted, withdrawn, transferred_in, transferred_out, reserved, used, expired, shortfall,
    granted - withdrawn + transferred_in - reserved - used - transferred_out - expired AS available,
    coalesce(merged, false) AS merged
FROM summed LEFT JOIN made USING (account, lot) LEFT JOIN ended USING (account)
WHERE NOT coalesce(erased, false);
