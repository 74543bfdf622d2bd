"""What the page and the training server say to each other."""
