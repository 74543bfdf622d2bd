"""`python -m app.server` is `glassnet-server`."""

from app.server.command import main

main()
