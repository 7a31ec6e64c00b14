"""The command `multitrack`."""
