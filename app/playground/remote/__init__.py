"""Training elsewhere: the page's side of app.protocol, over whatever carries its frames."""
