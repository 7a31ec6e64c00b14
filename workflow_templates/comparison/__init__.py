"""Two results of one recording, compared: for `multitrack compare` and for shadow mode."""
