"""What followers of a job are told, in the legacy pipeline's words, and how it reaches them."""
