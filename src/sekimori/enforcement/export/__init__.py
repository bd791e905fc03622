"""The proof bundle of a case: everything that was decided and on what, checkable offline by `verify.py` inside it."""
