"""Holder data on PostgreSQL: a role that may not read the table reads through one function, which a ledger entry pays for.

The web processes sign in as a role without any right on `contracts_holder` (deploy/postgresql/web_role.sql). The
function takes the sequence number of a ledger entry with the act `holder.read` and returns the holders of the contracts
named in that entry, nothing else. The entry must be committed already (an entry of the same transaction could be rolled
back after the reading), fresh (written within the last 1,000 transactions), and pays once. So whoever takes over a web
process can read no name without leaving an entry in the append-only chain.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

READ_ACT = "holder.read"
FRESH_TRANSACTIONS = 1000

_SQL = [
    f"""
    CREATE OR REPLACE FUNCTION contracts_read_holders(p_seq bigint)
    RETURNS TABLE (contract_id bigint, holder text, email text, alt_email text, phone text, postal text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        entry record;
        newest bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
        written bigint;
    BEGIN
        SELECT e.body::jsonb AS body, e.xmin::text::bigint AS xmin, age(e.xmin) AS age INTO entry
            FROM {{schema}}.ledger_entry e WHERE e.seq = p_seq AND e.act = '{READ_ACT}';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no ledger entry, no answer' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF entry.age > {FRESH_TRANSACTIONS} THEN
            RAISE EXCEPTION 'the ledger entry is not fresh' USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- xmin has 32 bits; its epoch is that of the newest transaction, or the one before.
        written := (newest >> 32 << 32) | entry.xmin;
        IF written > newest THEN
            written := written - 4294967296;
        END IF;
        IF pg_xact_status(written::text::xid8) IS DISTINCT FROM 'committed' THEN
            RAISE EXCEPTION 'the ledger entry is not committed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        BEGIN
            INSERT INTO {{schema}}.contracts_holderread (seq) VALUES (p_seq);
        EXCEPTION WHEN unique_violation THEN
            RAISE EXCEPTION 'the ledger entry has paid already' USING ERRCODE = 'insufficient_privilege';
        END;
        RETURN QUERY
            SELECT h.contract_id::bigint, h.holder::text, h.email::text, h.alt_email::text, h.phone::text, h.postal::text
            FROM {{schema}}.contracts_holder h JOIN {{schema}}.contracts_contract c ON c.id = h.contract_id
            WHERE c.handle IN (SELECT jsonb_array_elements_text(entry.body -> 'detail' -> 'contracts'));
    END $$
    """,  # noqa: S608 - constants and a quoted schema name
    "REVOKE ALL ON contracts_holder, contracts_holderread FROM PUBLIC",
    "REVOKE ALL ON FUNCTION contracts_read_holders(bigint) FROM PUBLIC",
]


def install(using: str = "default", **_: Any) -> None:
    """Install the function (idempotent, PostgreSQL only); receiver of post_migrate."""
    connection = connections[using]
    if connection.vendor != "postgresql" or "contracts_holder" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        for sql in _SQL:
            cursor.execute(sql.replace("{schema}", schema))
