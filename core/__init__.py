"""Glassnet's core: small neural networks in NumPy, exact and explainable.

It computes; it never draws, never talks, and keeps no global state.
"""
