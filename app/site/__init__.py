"""Builds the static site. Runs on the host, at build time; no part of it reaches the browser."""
