"""Data: sets made from a seed, pictures, sequences and texts, and files that a learner brings."""
