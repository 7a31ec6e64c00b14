"""The offline backend: everything it writes are sentences and phrases that somebody said."""
