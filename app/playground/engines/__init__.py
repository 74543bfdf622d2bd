"""Engines train networks. They share one contract, so that a session need not know which it has."""
