"""SpamCop's own mails (its ARF form is read by `arf`)."""
