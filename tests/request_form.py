"""The form of a new request: what somebody answers, and the page on which they check it before it is sent."""

import re

ANSWERS = {
    "first_name": "Samira",
    "last_name": "Wenger",
    "birth_year": "1994",
    "case_reference": "LT-2026-0388",
    "delivery": "person",
    "street": "Mühlegasse",
    "house_number": "11b",
    "postcode": "3400",
    "town": "Burgdorf",
    "mobile": "",
    "language": "de",
    "purpose": "school",
    "system": "linux",
    "keyboard": "ch-de",
}


def send(client, token, verb):
    """Press a button of the check page, having seen what it shows; the answer."""
    page = client.get(f"/requests/new/{token}/check/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    return client.post(f"/requests/new/{token}/check/", {"verb": verb, "seen": seen[1] if seen else ""})
