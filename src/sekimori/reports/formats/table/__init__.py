"""Any table with an address in it: CSV, TSV, semicolons, bars, HTML; with or without a header; lists of addresses."""
