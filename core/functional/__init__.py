"""The mathematics of the layers: pure functions, forward and backward side by side."""
