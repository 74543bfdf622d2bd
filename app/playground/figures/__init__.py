"""Pictures: pure classes that build Bokeh models once and then only update their data."""
