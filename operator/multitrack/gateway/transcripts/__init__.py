"""The legacy pipeline's address of a meeting, for front ends that were built for it."""
