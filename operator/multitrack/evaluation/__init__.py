"""How good a transcript is, measured against a reference that people made."""
