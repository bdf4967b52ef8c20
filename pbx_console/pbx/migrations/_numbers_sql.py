"""The SQL of 0012_numbers: whose number is dialled, who calls, and under which name."""

from __future__ import annotations

from importlib import import_module

from pbx_console.pbx.ddl import SAFE

_steps = import_module("pbx_console.pbx.migrations.0007_steps")


def _function(text: str, name: str) -> str:
    start = text.index(f"CREATE FUNCTION asterisk.{name}")
    return "CREATE OR REPLACE" + text[start + 6 : text.index("$$;", start) + 3]


EARLIER = "".join(
    (
        _function(_steps.FROM_TRUNK, "did_of"),
        _function(_steps.FROM_TRUNK, "known_caller"),
        _function(_steps.POLICY, "shown_number"),
    )
).replace("@SAFE", SAFE)
FILL = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_did SET destination_id = t.id FROM pbx_destination t
 WHERE t.kind = 'extension' AND t.object_id = pbx_did.extension_id;
SET CONSTRAINTS ALL IMMEDIATE;
RESET pbx.scope;
"""
EMPTY = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_did SET extension_id = t.object_id FROM pbx_destination t
 WHERE t.kind = 'extension' AND t.id = pbx_did.destination_id;
SET CONSTRAINTS ALL IMMEDIATE;
RESET pbx.scope;
"""
DID_OF = """
-- The number that a carrier means: whose it is, and the token it leads to. Behind the
-- stem of a range the digits are an internal number; else the range's fallback answers.
CREATE OR REPLACE FUNCTION asterisk.did_of(reseller bigint, dialled text,
  OUT number text, OUT customer bigint, OUT code text, OUT token text)
LANGUAGE sql STABLE @SAFE AS $$
  -- Carriers write the same number as +4930…, 4930…, 004930… or 030….
  WITH spelled (number, country) AS (
    VALUES ('+' || ltrim(dialled, '+'), NULL), (asterisk.e164(dialled, 'DE'), 'DE'),
           (asterisk.e164(dialled, 'NL'), 'NL'), (asterisk.e164(dialled, 'AT'), 'AT')
  ), held AS (
    SELECT d.number, d.customer_id, d.reseller_id, d.destination_id AS leads, s.country
      FROM spelled s JOIN pbx_did d ON d.number = s.number
    UNION ALL
    SELECT s.number, r.customer_id, r.reseller_id, coalesce(t.id, r.fallback_id),
           s.country
      FROM spelled s CROSS JOIN generate_series(5, 14) n
      JOIN pbx_numberrange r ON r.stem = left(s.number, n)
       AND length(s.number) BETWEEN n AND n + r.digits
      LEFT JOIN pbx_destination t ON t.customer_id = r.customer_id
       AND t.number = substr(s.number, n + 1)
  )
  SELECT h.number, c.id, c.code, 'd' || h.leads
    FROM held h JOIN accounts_customer c ON c.id = h.customer_id
   WHERE (h.country IS NULL OR h.country = c.country)
     AND (reseller IS NULL OR reseller = h.reseller_id)
   ORDER BY h.country IS NULL DESC LIMIT 1
$$;
"""
CALLERS = """
-- Is a caller (E.164 with plus; anything else hides its number) unwelcome at this
-- customer, and what is his name? The customer's own phonebook before the reseller's.
CREATE OR REPLACE FUNCTION asterisk.known_caller(customer bigint, caller text,
  OUT blocked boolean, OUT name text)
LANGUAGE sql STABLE @SAFE AS $$
  SELECT EXISTS (
    SELECT FROM pbx_blockednumber b WHERE b.customer_id = c.id
      AND CASE WHEN b.number = '' THEN given.number = ''
               WHEN b.is_prefix THEN starts_with(given.number, b.number)
               ELSE given.number = b.number END),
    coalesce((
      SELECT p.name FROM pbx_phonebookentry p
       WHERE given.number <> '' AND p.numbers @> ARRAY[given.number]::varchar[]
         AND p.reseller_id = c.reseller_id
         AND (p.customer_id = c.id OR p.customer_id IS NULL)
       ORDER BY p.customer_id IS NULL, p.name LIMIT 1), '')
    FROM (SELECT CASE WHEN caller ~ '^[+][1-9][0-9]{2,14}$' THEN caller ELSE '' END
            AS number) given
    LEFT JOIN accounts_customer c ON c.id = customer
$$;

-- What a display says of a caller: before his name that of the number he dialled.
CREATE FUNCTION asterisk.caller_shown(called text, calling text, known text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN prefix.text = '' THEN known
    ELSE rtrim(prefix.text || ' ' || coalesce(nullif(known, ''), calling, '')) END
    FROM (SELECT coalesce(
      (SELECT d.name_prefix FROM pbx_did d WHERE d.number = called),
      (SELECT r.name_prefix FROM generate_series(5, 14) n
         JOIN pbx_numberrange r ON r.stem = left(called, n)
          AND length(called) BETWEEN n AND n + r.digits LIMIT 1), '') AS text) prefix
$$;

-- The number under which an extension is dialled directly: a range's stem and its own
-- digits. Without an extension the switchboard of the first range.
CREATE FUNCTION asterisk.direct_number(customer bigint, extension bigint)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN extension IS NULL THEN
    (SELECT r.stem || '0' FROM pbx_numberrange r WHERE r.customer_id = customer
      ORDER BY r.stem LIMIT 1)
  ELSE
    (SELECT r.stem || e.number FROM pbx_extension e
       JOIN pbx_numberrange r ON r.customer_id = e.customer_id
        AND length(e.number) <= r.digits
      WHERE e.id = extension AND e.customer_id = customer ORDER BY r.stem LIMIT 1)
  END
$$;
"""
# As migration 0007 has it; 0013 replaces it again.
SHOWN = """
CREATE OR REPLACE FUNCTION asterisk.shown_number(customer bigint, extension bigint,
  e164 text, original text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce(
    (SELECT d.number FROM pbx_extension e JOIN pbx_did d ON d.id = e.caller_id_id
      WHERE e.id = extension AND e.customer_id = customer AND d.customer_id = customer),
    asterisk.direct_number(customer, extension),
    (SELECT d.number FROM pbx_did d WHERE d.customer_id = customer AND d.is_main),
    asterisk.direct_number(customer, NULL), '')
$$;
"""
BOOK = """
CREATE INDEX phonebook_numbers ON pbx_phonebookentry USING gin (numbers);
"""
NEW = ("caller_shown(text, text, text)", "direct_number(bigint, bigint)")
