"""Part I: neurons and dense networks."""
