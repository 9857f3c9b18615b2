"""What the association tells its readers in the demo."""

from datetime import timedelta

from partners import actions
from people.models import User
from records import clock

HOLIDAYS = {
    "de": ("Die Werkstatt macht eine Woche Pause", "Anträge nehmen wir an; das nächste Paket geht danach ab."),
    "fr": ("L’atelier fait une pause d’une semaine", "Les demandes arrivent\u202f; le prochain colis part ensuite."),
    "it": ("Il laboratorio fa una pausa di una settimana", "Le richieste arrivano; il prossimo pacco parte dopo."),
    "en": ("The workshop takes a week off", "Requests come in; the next parcel goes out after that."),
}
VOLUNTEERS = {"de": ("Neue Handschuhe", "Sie liegen im Regal B2. Bitte nehmen Sie für jede Reinigung ein neues Paar.")}


def make_notices(admin: User) -> None:
    """Write one that the organisations read now, and a draft."""
    days = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=14)}
    notice = actions.create_notice(days | {"audience": "organisations"}, HOLIDAYS, by=admin)
    actions.publish_notice(notice, by=admin)
    actions.create_notice(days | {"audience": "association"}, VOLUNTEERS, by=admin)
