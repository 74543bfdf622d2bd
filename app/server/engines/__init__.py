"""What trains on the server: one contract, and an engine for each way to compute."""
