"""Any list of records with an address in them: JSON, JSON lines, XML; IntelMQ, IDEA and the feeds like them."""
