"""How each step does its work: one module per step, named after it."""
