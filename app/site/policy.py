"""The Content-Security-Policy that is delivered with the page, in it and by the server.

No remote host, and no evaluation of strings. Panel's components are modules made from blobs, Bokeh
writes styles into the page, and WebAssembly needs a permission of its own.
"""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self' blob:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
