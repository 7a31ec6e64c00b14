"""Daily.co: how its recordings are named, and its REST API."""
