"""Data sets made from a seed, and the features that a network is given of them."""
