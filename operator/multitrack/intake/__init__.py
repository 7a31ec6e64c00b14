"""How recordings of Daily's become jobs, whoever noticed them: an event, a poll, or the inbox."""
