"""Japanese CERT bulk mails and lists: NOTICE, NICTER, JPCERT/CC, ICT-ISAC: address, time, device; warn only."""
