"""Whether a mail comes from whom it says: Authentication-Results, SPF, DKIM, DMARC, ARC; signing."""
