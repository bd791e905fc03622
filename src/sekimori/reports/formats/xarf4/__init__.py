"""XARF v4 (tested against 4.2.0): JSON files and mails; tolerant of drafts on input, strict on output."""
