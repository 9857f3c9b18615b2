"""What a page sends, seen by a test that answers in the server's place: it comes when the machine gets to it."""

import time

PATIENCE = 60  # seconds: against waiting for ever, not a promise


def wait_for(page, requests, number):
    """Let the page go on until so many requests have come, and a little longer: one too many must show."""
    until = time.monotonic() + PATIENCE
    while len(requests) < number and time.monotonic() < until:
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    assert len(requests) == number
