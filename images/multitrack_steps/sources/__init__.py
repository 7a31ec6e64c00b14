"""Where recordings come from, and who is on which track."""
