"""The ledger: an append-only hash chain of acts and of reads of protected data.

`from sekimori.ledger.service import write` inside the caller's transaction, as its last statement.
"""
