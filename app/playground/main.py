"""The app under `panel serve`: `panel serve app/playground/main.py`."""

from app.playground.server import serve_app

serve_app()
