"""Evidence: bytes kept under their own SHA-256, unchanged, until their time is over and nobody holds them.

`sekimori.evidence.store` keeps and gives them; `verify` re-hashes the whole store; `durable` asserts at start-up that
COMMIT means fsync.
"""
