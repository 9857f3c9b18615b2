"""What the organisations whose people sign in to the demo and the association write to each other."""

from datetime import timedelta
from uuid import uuid4

from partners import actions
from partners.models import Answer, Conversation
from people.models import User
from records import clock
from requests import actions as request_actions
from requests.models import DeviceRequest

from .accounts import Staff
from .calendar import Calendar
from .partners import Client

WHEN = {
    "de": "Wir verschicken alle zwei Wochen. Der erwartete Tag steht beim Antrag.",
    "fr": "Nous expédions toutes les deux semaines. Le jour prévu figure sur la demande.",
    "it": "Spediamo ogni due settimane. Il giorno previsto figura nella richiesta.",
    "en": "We send every two weeks. The expected day is shown with the request.",
}


def make_conversations(calendar: Calendar, clients: list[Client], staff: Staff) -> None:
    """Questions about requests and others: to be answered by either side, answered, and closed."""
    muster, autre = (next(one for one in clients if one.organisation.slug == slug) for slug in ("muster", "autre"))
    worker, colleague, dispatcher = muster.workers[0], autre.workers[0], staff.dispatchers[0]

    actions.write_answer(Answer(name="Liefertermin"), WHEN, by=staff.admin)
    with clock.set_to(calendar.now - timedelta(days=6, hours=3)):
        moving = _ask(autre, "Déménagement", "Nous déménageons en mars. Faut-il un autre contrat\u202f?", by=colleague)
    with clock.set_to(calendar.now - timedelta(days=5, hours=1)):
        _write(moving, "Non. Changez l’adresse de votre organisation, cela suffit.", by=staff.admin, closing=True)
        about = _about(muster, "returned", "Die Adresse stimmt. Können Sie es nochmals schicken?", by=worker)
    with clock.set_to(calendar.now - timedelta(days=4, hours=2)):
        _write(about, "Ja. Ist am Donnerstag jemand zu Hause?", by=dispatcher)
        _note(about, "Die Post sagt: Klingel nicht angeschrieben.", by=dispatcher)
        _ask(muster, "Rechnungen", "Können wir die Rechnungen künftig quartalsweise erhalten?", by=worker)
    with clock.set_to(calendar.now - timedelta(hours=3)):
        _about(muster, "approved", "Der Kurs beginnt früher, am Monatsersten. Reicht das noch?", by=worker)


def _ask(client: Client, topic: str, text: str, *, by: User) -> Conversation:
    return actions.begin_conversation(client.partner, topic=topic, text=text, by=by, form_token=uuid4())


def _about(client: Client, status: str, text: str, *, by: User) -> Conversation:
    """A question about the newest request that stands there."""
    device_request = DeviceRequest.objects.filter(partner=client.partner, status=status).order_by("-pk")[0]
    return request_actions.write_about(device_request, text=text, by=by, form_token=uuid4()).conversation


def _write(conversation: Conversation, text: str, *, by: User, closing: bool = False) -> None:
    actions.write_message(conversation, text=text, by=by, form_token=uuid4(), closing=closing)


def _note(conversation: Conversation, text: str, *, by: User) -> None:
    actions.write_note(conversation, text=text, by=by, form_token=uuid4())
