"""The headers of the built site, and its Content-Security-Policy, which is also in the page itself.

No remote host, only a training server on the learner's own machine; and no evaluation of strings.
Panel's components are modules made from blobs, Bokeh writes styles into the page, and WebAssembly
needs a permission of its own.
"""

import re

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self' blob: ws://127.0.0.1:* ws://localhost:*",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
# Folders named by their content never change; everything else is asked for again each time.
IMMUTABLE = re.compile(r"/[a-z]+-[0-9a-f]{12}/")
TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm",
         ".whl": "application/zip"}  # fmt: skip


def headers(path: str) -> dict[str, str]:
    """What goes with every answer that carries a file of the site."""
    forever = IMMUTABLE.search(path)
    return {
        "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
