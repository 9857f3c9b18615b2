"""Somebody asks by the link of an organisation whose people sign in to the demo."""

from partners import actions as partner_actions
from requests import intake

from .partners import Client

ANSWERS = {
    "name": {"first_name": "Марія", "last_name": "Шевчук"},
    "year": {"birth_year": "1991"},
    "address": {"street": "Mühlegasse", "house_number": "12", "postcode": "3400", "town": "Burgdorf"},
    "phone": {"mobile": ""},
    "purpose": {"purpose": "training"},
}


def ask_by_link(client: Client) -> None:
    """Open an organisation's link, and ask by it for one laptop."""
    link = partner_actions.open_intake_link(client.partner, by=client.workers[0])
    token = None
    for question, answers in ANSWERS.items():
        draft = intake.keep_answers(link, token, question, answers)
        token = draft.token
    person = {name: value for name, value in draft.answers.items() if name not in ("asked", "purpose", "birth_year")}
    person |= {"birth_year": int(draft.answers["birth_year"]), "language": "uk"}
    intake.send_answers(link, draft, seen=draft.fingerprint, recipient=person, purpose=draft.answers["purpose"])
