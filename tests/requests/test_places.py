"""A postcode and a town that don't belong together are asked about once, on every road an address comes in by."""

import pytest

from partners.models import Commune, Locality
from partners.places import country_of, is_one_of
from records.refusals import Refused
from requests.models import DeviceRequest, Recipient
from tests import factories
from tests.request_form import send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register(commune):
    bern = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    geneva = Commune.objects.create(bfs_no=6621, name="Genève", canton="GE", language="fr")
    zurich = Commune.objects.create(bfs_no=261, name="Zürich", canton="ZH", language="de")
    for postcode, name, where in (
        *(("3400", "Burgdorf", commune), ("3004", "Bern", bern)),
        *(("1201", "Genève", geneva), ("8001", "Zürich", zurich)),
    ):
        Locality.objects.create(postcode=postcode, name=name, commune=where, share=100, language="de")


@pytest.mark.parametrize(
    ("town", "name"),
    [
        *(("Genève 3", "Genève"), ("geneve", "Genève"), ("St. Gallen", "St. Gallen"), ("Sankt Gallen", "St. Gallen")),
        *(("Buchs SG", "Buchs (SG)"), ("Biel", "Biel/Bienne"), ("Bienne", "Biel/Bienne"), ("Zuerich", "Zürich")),
    ],
)
def test_a_town_is_known_however_it_is_written(town, name):
    assert is_one_of(town, [name])
    assert not is_one_of("Thun", [name])


@pytest.mark.parametrize(
    ("postcode", "town", "sentence", "ways"),
    [
        ("3400", "Zürich", "3400 is Burgdorf, not Zürich. Which is right?", ["3400 Burgdorf", "3400 Zürich"]),
        ("8001", "Burgdorf", "8001 is Zürich, not Burgdorf. Which is right?", ["8001 Zürich", "8001 Burgdorf"]),
        ("3001", "Bern", "3001 is for no house. Boxes and large recipients have", ["3001 Bern"]),
        ("1211", "Genève 3", "1211 is for no house. Boxes and large recipients have", ["1211 Genève 3"]),
    ],
)
def test_the_form_asks_once_and_goes_on_either_way(
    client, social_worker, answers, token, postcode, town, sentence, ways
):
    client.force_login(social_worker)
    typed = answers | {"postcode": postcode, "town": town}
    page = client.post(f"/requests/new/{token}/", typed).content.decode()
    assert sentence in page
    assert [way in page for way in ways] == [True] * len(ways)
    for way in ways:
        assert client.post(f"/requests/new/{token}/", typed | {"place": way}).status_code == 302
        assert way in client.get(f"/requests/new/{token}/check/").content.decode()
    send(client, token, "send")
    assert f"{Recipient.objects.get().postcode} {Recipient.objects.get().town}" == ways[-1]


def test_another_doubt_is_another_question(client, social_worker, answers, token):
    client.force_login(social_worker)
    typed = answers | {"postcode": "3400", "town": "Thun", "place": "3400 Zürich"}
    assert "3400 is Burgdorf, not Thun" in client.post(f"/requests/new/{token}/", typed).content.decode()


def test_the_action_asks_whoever_did_not_see_the_form(make_received):
    wrong = factories.PERSON | {"postcode": "3400", "town": "Zürich"}
    with pytest.raises(Refused, match="3400 is Burgdorf, not Zürich"):
        make_received(recipient=wrong)
    assert make_received(recipient=wrong, place_confirmed=True).recipient.town == "Zürich"


def test_a_corrected_address_is_asked_about_and_one_that_stays_is_not(client, make_received, social_worker, answers):
    wrong = factories.PERSON | {"postcode": "3400", "town": "Zürich"}
    found = make_received(recipient=wrong, place_confirmed=True)
    client.force_login(social_worker)
    page = f"/requests/{found.number}/correct/"
    typed = answers | {"town": "Zürich", "seen": client.get(page).context["seen"]}
    assert client.post(page, typed).status_code == 302
    typed |= {"town": "Thun", "seen": client.get(page).context["seen"]}
    assert "3400 is Burgdorf, not Thun" in client.post(page, typed).content.decode()
    assert client.post(page, typed | {"place": "3400 Burgdorf"}).status_code == 302
    found.recipient.refresh_from_db()
    assert found.recipient.town == "Burgdorf"


def test_what_a_person_asked_by_a_link_is_asked_about_when_it_is_completed(
    client, partner, admin, social_worker, commune
):
    asked = factories.asked_by_link(partner, by=admin, recipient=factories.PERSON | {"town": "Zürich"})
    client.force_login(social_worker)
    page = f"/requests/{asked.number}/complete/"
    typed = {"commune": commune.pk, "bill_to": partner.bill_tos.get().pk, "case_reference": "LT-1", "verb": "approve"}
    assert "3400 is Burgdorf, not Zürich" in client.post(page, typed).content.decode()
    assert client.post(page, typed | {"place": "3400 Burgdorf"}).status_code == 302
    assert (DeviceRequest.objects.get().status, Recipient.objects.get().town) == ("approved", "Burgdorf")
    assert [step.verb for step in asked.steps.order_by("pk")] == ["receive", "complete", "correct", "approve"]


def test_a_person_in_liechtenstein_needs_no_register(client, social_worker, answers, token):
    client.force_login(social_worker)
    client.post(f"/requests/new/{token}/", answers | {"postcode": "9490", "town": ""})
    send(client, token, "send")
    person = Recipient.objects.get()
    assert (person.postcode, person.town, person.country) == ("9490", "Vaduz", "LI")
    assert "9490 Vaduz<br>Liechtenstein" in client.get(f"/requests/{person.request.number}/").content.decode()
    assert [country_of(postcode) for postcode in ("9484", "9485", "9498", "9499")] == ["CH", "LI", "LI", "CH"]
