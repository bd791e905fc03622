"""Shadowserver's reports: 170 types of CSV, told by file name or columns, by mail, zip, gzip or file."""
