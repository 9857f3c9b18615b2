"""What was sent is corrected by its organisation: all of it until a laptop is kept, then where the parcel goes."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import StoredFile
from partners.models import Locality, Tariff
from people.models import AuditEntry
from records.refusals import Refused
from requests import actions
from requests.models import PersonMark
from requests.models.person_mark import marks_of
from tests import factories
from tests.request_form import ANSWERS

pytestmark = pytest.mark.django_db
SENT = ANSWERS | {"house_number": "", "birth_year": "", "case_reference": "LT-2026-0388"}


def correct(client, found, **changes):
    """Type other answers over what the page shows, and press the button; the answer."""
    page = f"/requests/{found.number}/correct/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
    return client.post(page, SENT | {"seen": seen} | changes)


def steps_of(found):
    return [(step.verb, step.numbers.get("fields")) for step in found.steps.order_by("pk")]


def test_an_approved_one_is_corrected_and_keeps_place_and_price(client, make_approved, social_worker):
    found = make_approved()
    place, price = found.approved_at, found.price
    client.force_login(social_worker)
    answer = correct(client, found, first_name="Samir", street="Hofgut", purpose="everyday", keyboard="ch-fr")
    assert answer.url == f"/requests/{found.number}/"
    found.refresh_from_db()
    assert (found.status, found.approved_at, found.price) == ("approved", place, price)
    assert (found.recipient.name, found.recipient.street) == ("Samir Wenger", "Hofgut")
    assert (found.purpose, found.keyboard) == ("everyday", "ch-fr")
    fields = "first_name street purpose keyboard"
    assert steps_of(found) == [("receive", None), ("approve", None), ("correct", fields)]
    assert AuditEntry.objects.filter(action="read_recipient", subject=found.number).exists()


def test_the_timeline_names_what_was_changed_and_never_the_words(client, make_received, social_worker):
    found = make_received()
    client.force_login(social_worker)
    correct(client, found, last_name="Wegner", street="Hofgut", postcode="3401")
    page = client.get(f"/requests/{found.number}/").content.decode()
    assert "Name, Address." in page
    assert "Mühlegasse" not in page
    assert "Mühlegasse" not in str(found.steps.values_list("numbers"))


def test_pressed_twice_or_without_a_change_it_leaves_one_step(client, make_received, social_worker):
    found = make_received()
    client.force_login(social_worker)
    page = f"/requests/{found.number}/correct/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
    for _press in range(2):
        assert client.post(page, SENT | {"seen": seen, "street": "Hofgut"}).status_code == 302
    assert "nothing was changed" in client.get(f"/requests/{found.number}/").content.decode()
    assert steps_of(found) == [("receive", None), ("correct", "street")]


def test_what_a_colleague_corrected_meanwhile_is_not_overwritten(client, make_received, social_worker):
    found = make_received()
    client.force_login(social_worker)
    page = f"/requests/{found.number}/correct/"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
    actions.correct(found, answers={"street": "Hofgut"}, by=social_worker)
    answer = client.post(page, SENT | {"seen": seen, "house_number": "7"}).content.decode()
    assert "Somebody changed this request meanwhile" in answer
    assert 'value="7"' in answer
    found.recipient.refresh_from_db()
    assert (found.recipient.street, found.recipient.house_number) == ("Hofgut", "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"last_name": "-"}, "This is no name."),
        ({"case_reference": "Wenger 1"}, "name out of it"),
        ({"town": "", "street": ""}, "needs street, postcode and town"),
        ({"system": "windows"}, "Windows is only for a training"),
        ({"postcode": "9999"}, "know this postcode"),
    ],
)
def test_the_rules_are_those_of_a_new_request(client, make_received, commune, social_worker, changes, sentence):
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    found = make_received()
    client.force_login(social_worker)
    assert sentence in correct(client, found, **changes).content.decode()
    with pytest.raises(Refused, match=sentence):
        actions.correct(found, answers=changes, by=social_worker)
    assert steps_of(found) == [("receive", None)]


def test_windows_takes_a_proof_and_linux_drops_it(client, make_received, social_worker):
    found = make_received()
    client.force_login(social_worker)
    proof = SimpleUploadedFile("course.pdf", b"%PDF-1.7 course")
    correct(client, found, purpose="training", system="windows", proof=proof)
    found.refresh_from_db()
    assert (found.system, found.proof.name) == ("windows", "proof.pdf")
    assert "A proof is kept with the request" in client.get(f"/requests/{found.number}/correct/").content.decode()
    correct(client, found, purpose="training", system="linux")
    found.refresh_from_db()
    assert (found.proof, StoredFile.objects.count()) == (None, 0)


def test_to_the_office_the_persons_address_goes(client, make_received, social_worker, partner):
    found = make_received()
    client.force_login(social_worker)
    correct(client, found, delivery="office")
    found.refresh_from_db()
    assert (found.delivery, found.recipient.street) == ("office", partner.street)
    page = client.get(f"/requests/{found.number}/correct/").content.decode()
    assert partner.street not in re.search(r'name="street"[^>]*', page)[0]


def test_a_delivery_of_another_price_is_refused_once_the_price_is_fixed(
    client, make_received, make_approved, social_worker
):
    Tariff.objects.create(delivery="office", valid_from="2020-01-01", amount="120.00")
    found = make_approved()
    client.force_login(social_worker)
    assert "approved for another price" in correct(client, found, delivery="office").content.decode()
    received = make_received("LT-2")
    actions.correct(received, answers={"delivery": "office"}, by=social_worker)
    actions.approve(received, by=social_worker)
    assert received.price == 120


def test_the_marks_follow_the_name_and_end_when_the_first_would_have(make_received, social_worker):
    found = make_received()
    PersonMark.objects.update(made_on="2026-01-05")
    actions.correct(found, answers={"first_name": "Amina", "birth_year": 1990}, by=social_worker)
    kept = PersonMark.objects.filter(request=found)
    wanted = marks_of({"first_name": "Amina", "last_name": "Wenger", "birth_year": 1990})
    assert set(kept.values_list("mark", flat=True)) == wanted
    assert {str(day) for day in kept.values_list("made_on", flat=True)} == {"2026-01-05"}


def test_where_two_approve_whoever_corrected_it_is_not_the_second(make_received, make_user, partner):
    partner.approves_by_two = True
    partner.save()
    found = make_received()
    colleague = make_user("colleague@example.org")
    partner.memberships.create(user=colleague, role="social_worker")
    colleague.acting_for, colleague.membership_roles = partner, frozenset({"social_worker"})
    actions.correct(found, answers={"street": "Hofgut"}, by=colleague)
    with pytest.raises(Refused, match="a second person approves"):
        actions.approve(found, by=colleague)


def test_what_a_person_asked_by_a_link_is_corrected_before_it_is_completed(partner, admin, social_worker):
    asked = factories.asked_by_link(partner, by=admin)
    actions.correct(asked, answers={"town": "Oberburg"}, by=social_worker)
    assert asked.recipient.town == "Oberburg"
    with pytest.raises(Refused, match="can’t be corrected any more"):
        actions.correct(asked, answers={"case_reference": "LT-9"}, by=social_worker)


def test_with_a_laptop_kept_only_the_address_is_corrected(client, make_approved, make_ready, social_worker, dispatcher):
    found = make_approved()
    actions.allocate(found, make_ready(), by=dispatcher)
    client.force_login(social_worker)
    page = client.get(f"/requests/{found.number}/correct/").content.decode()
    assert 'name="street"' in page and 'name="first_name"' not in page and 'name="purpose"' not in page
    assert correct(client, found, street="Hofgut", first_name="Nina").status_code == 302
    found.recipient.refresh_from_db()
    assert (found.recipient.street, found.recipient.first_name) == ("Hofgut", "Samira")
    with pytest.raises(Refused, match="only the person’s address"):
        actions.correct(found, answers={"first_name": "Nina"}, by=social_worker)


@pytest.mark.parametrize("verb", ["withdraw", "decline"])
def test_what_has_ended_is_as_it_was(client, make_received, social_worker, verb):
    found = make_received()
    reason = {"reason": "has_one"} if verb == "decline" else {}
    getattr(actions, verb)(found, by=social_worker, **reason)
    client.force_login(social_worker)
    assert client.get(f"/requests/{found.number}/correct/").url == f"/requests/{found.number}/"
    assert "/correct/" not in client.get(f"/requests/{found.number}/").content.decode()
    with pytest.raises(Refused, match="can’t be corrected any more"):
        actions.correct(found, answers={"street": "Hofgut"}, by=social_worker)


def test_nobody_else_corrects_it(client, make_received, stranger, dispatcher):
    found = make_received()
    with pytest.raises(Refused, match="Only the organisation itself"):
        actions.correct(found, answers={"street": "Hofgut"}, by=dispatcher)
    client.force_login(stranger)
    assert client.get(f"/requests/{found.number}/correct/").status_code == 404
