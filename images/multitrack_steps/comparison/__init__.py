"""The legacy side of shadow mode: its REST API."""
