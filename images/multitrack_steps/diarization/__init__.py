"""Telling the voices on one track apart."""
