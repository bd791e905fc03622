"""Microsoft's JMRP in its old form (the original attached, the address in the subject) and SNDS data files."""
