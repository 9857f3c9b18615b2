"""The page on which somebody checks the answers of a request before it is sent."""

import re


def send(client, token, verb):
    """Press a button of the check page, having seen what it shows; the answer."""
    page = client.get(f"/requests/new/{token}/check/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    return client.post(f"/requests/new/{token}/check/", {"verb": verb, "seen": seen[1] if seen else ""})
