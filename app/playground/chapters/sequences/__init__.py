"""Part III: sequences and recurrence."""
