"""Why there is no connection, told apart, and what would help."""

from __future__ import annotations

from app.playground.remote.address import Address
from app.protocol import CLOSED

REASONS = {code: reason for reason, code in CLOSED.items()}
START = "python3 build.py server"
AGAIN = frozenset({"full"})  # may go by itself


def trouble(code: int, address: Address, origin: str, permission: str) -> str:
    """One or two sentences for the learner. permission: as the browser has it."""
    reason = REASONS.get(code)
    if reason:
        return SENTENCES[reason].format(place=address.place, origin=origin, start=START)
    if permission == "framed":
        return FRAMED.format(page=address.page)
    if permission == "denied":
        return DENIED.format(page=address.page)
    if permission == "prompt":
        return UNDECIDED.format(page=address.page)
    return ABSENT.format(place=address.place, page=address.page, start=START)


SENTENCES = {
    "key": "The server at {place} runs, but this code or token is not its own: it makes a new one "
           "at each start. Copy the one that its terminal shows now.",
    "origin": "The server at {place} lets no page from this address in. Start it with "
              "--allow-origin {origin}, or open the page from the server itself.",
    "version": "The server at {place} speaks another version of the protocol than this page. "
               "Update the older of the two: reload this page, or install glassnet anew.",
    "full": "The server at {place} has as many pages as it takes. Close one, or try again later.",
    "protocol": "What answers at {place} does not speak as a Glassnet server does. Is the port "
                "right?",
    "ended": "The server at {place} was stopped. This page has what it had seen until then: go on "
             "here, or start the server again with {start} and connect anew.",
}  # fmt: skip
FRAMED = (
    "The page around this one keeps it from reaching this machine. Open Glassnet in a tab of its "
    "own, or {page} itself; or have the other page's frame say "
    'allow="local-network-access".'
)
DENIED = (
    "The browser does not let this page reach programs on this machine. Allow it in the settings "
    "beside the address bar, then connect again; or open {page} itself, which needs no permission."
)
UNDECIDED = (
    "The browser asked whether this page may reach programs on this machine, and got no answer. "
    "Connect again and allow it; or open {page} itself, which needs no permission."
)
ABSENT = (
    "Nothing answers at {place}. Start the server with {start}, and look whether the port is the "
    "one that it shows. A browser that never lets pages reach this machine can open {page} itself."
)
