"""Part II: images and convolution."""
