"""What the delivering steps say, and to whom."""
