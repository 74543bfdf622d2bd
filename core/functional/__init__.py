"""The mathematics of the layers: pure functions, forward and backward side by side.

Features are the first axis and the batch is the last; see core.layout. Each forward form returns
its result and what the backward form needs. Large arrays come from `new`, so that a layer that
trains can have the same memory each time.
"""
