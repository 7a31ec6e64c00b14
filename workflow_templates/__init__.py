"""What runs, in which order, with which data: the one definition that both engines execute."""
