"""fail2ban's mails (mail, mail-whois, sendmail, sendmail-whois, -ipmatches, -lines, complain; its X-ARF form is `xarf_mail`)."""
