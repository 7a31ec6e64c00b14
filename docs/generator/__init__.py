"""What writes docs/reference/ from the code, one module a page."""
