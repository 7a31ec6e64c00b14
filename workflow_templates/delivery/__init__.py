"""Results on their way to others: where they may go, and how they are signed."""
