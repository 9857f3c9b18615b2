"""A second request for one person is noticed when it helps, by marks that nobody can read."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import clock
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest, PersonMark, Policy, PolicyChange, RequestDraft
from requests.same_person import marks, words_of
from tests import factories

pytestmark = pytest.mark.django_db
SAMIRA = {"first_name": "Samira", "last_name": "Wenger", "birth_year": 1994}


def are_alike(one, other):
    """Whether two people, each a name in two parts and a year, share a mark."""
    return bool(marks(*one, key=b"k") & marks(*other, key=b"k"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Samira", "Wenger", 1994), ("samira", "WENGER", 1994)),
        (("Jürg", "Müller", 1970), ("Juerg", "Mueller", 1970)),
        (("Zoë", "Lüthi", 1988), ("Zoe", "Luethi", 1988)),
        (("Мар'яна", "Коваль", 1989), ("Мар’яна", "Коваль", 1989)),
        (("Anna-Maria", "Rossi", 1961), ("Anna Maria", "Rossi", 1961)),
        (("Wenger", "Samira", 1994), ("Samira", "Wenger", 1994)),
        (("Maria Elena", "Rossi", 1975), ("Maria", "Rossi", 1975)),
        (("Łukasz", "Nowak", 1980), ("Lukasz", "Nowak", 1980)),
        (("", "Suharto", 1990), ("Suharto", "", 1990)),
        (("", "Samira Wenger", 1994), ("Samira", "Wenger", 1994)),
        (("سميرة", "علي", 1994), ("سميرة", "علي", 1994)),
    ],
)
def test_one_person_is_noticed_however_the_name_is_written(one, other):
    assert are_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Samira", "Wenger", 1994), ("Samira", "Wenger", 1995)),
        (("Samira", "Wenger", 1994), ("Samira", "Berger", 1994)),
        (("Samira", "Wenger", 1994), ("Simon", "Wenger", 1994)),
        (("Anna", "Müller", 1970), ("Anna", "Mäller", 1970)),
        (("", "Suharto", 1990), ("Ahmad", "Suharto", 1990)),
        (("Anna-Maria", "Rossi", 1961), ("Anna-Maria", "Bianchi", 1961)),
        (("தமிழ்", "செல்வன்", 1979), ("தமிழ்", "குமார்", 1979)),
    ],
)
def test_others_are_not_taken_for_each_other(one, other):
    assert not are_alike(one, other)


def test_a_mark_says_nothing_without_the_key_and_a_name_of_many_words_makes_few():
    assert not marks("Samira", "Wenger", 1994, key=b"k") & marks("Samira", "Wenger", 1994, key=b"other")
    assert len(marks(" ".join("abcdefghijklmnop"), " ".join("qrstuvwx"), 1994, key=b"k")) <= 36
    assert words_of("Jean-Luc O’Neil") == ["jean", "luc", "oneil"]


@pytest.fixture
def send(client, social_worker):
    """Fill the form in and send it from the page where all is checked."""
    client.force_login(social_worker)

    def send(answers, token, **pressed):
        client.post(f"/requests/new/{token}/", answers)
        page = client.get(f"/requests/new/{token}/check/").content.decode()
        seen = RequestDraft.objects.get(token=token).fingerprint
        return page, client.post(f"/requests/new/{token}/check/", {"verb": "send", "seen": seen} | pressed)

    return send


def test_the_first_is_shown_before_sending_and_one_says_what_this_one_is(client, partner, send, answers, token):
    earlier = factories.receive(partner, by=partner.memberships.get().user, recipient=factories.PERSON | SAMIRA)
    page, answer = send(answers | SAMIRA, token)
    assert "You have a request for such a person already:" in page
    assert f'href="{earlier.get_absolute_url()}"' in page and "Received" in page
    assert answer.status_code == 200
    assert "Say what this one is." in answer.content.decode()
    assert DeviceRequest.objects.count() == 1
    _page, answer = send(answers | SAMIRA, token, known="another_person")
    sent = DeviceRequest.objects.latest("pk")
    assert answer.url == sent.get_absolute_url() and sent != earlier
    assert sent.steps.get(verb="receive").numbers == {"known": "another_person", "request": earlier.number}
    assert f"It is another person, though there is {earlier.number}." in client.get(answer.url).content.decode()


def test_who_is_new_is_asked_nothing(send, answers, token):
    page, answer = send(answers | SAMIRA, token)
    assert "such a person" not in page and 'name="known"' not in page
    assert answer.status_code == 302


CHANGES = re.compile(
    r'(nonce|content|value|href|action)="[^"]*"|R-2026-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|X-CSRFToken": "\w+"|\d\d:\d\d'
)


def seen_by_its_people(client, answers):
    """What form, check, request, lists and home show, and in how many statements; without what differs each time."""
    shown, token = [], uuid.uuid4()

    def visit(method, path, data=None):
        with CaptureQueriesContext(connection) as captured:
            answer = getattr(client, method)(path, data)
        shown.append((answer.status_code, len(captured), CHANGES.sub("", answer.content.decode())))
        return answer

    visit("post", f"/requests/new/{token}/", answers)
    visit("get", f"/requests/new/{token}/check/")
    seen = RequestDraft.objects.get(token=token).fingerprint
    sent = visit("post", f"/requests/new/{token}/check/", {"verb": "send", "seen": seen}).url
    for path in (sent, "/requests/", "/requests/?view=needs-us", "/home/"):
        visit("get", path)
    number = sent.strip("/").rpartition("/")[2]
    DeviceRequest.objects.get(number=number).marks.all().delete()
    DeviceRequest.objects.filter(number=number).update(status="withdrawn", received_at="2020-01-01T08:00Z")
    return shown


def test_no_page_of_an_organisation_differs_by_anothers_request(client, social_worker, answers, dispatcher):
    client.force_login(social_worker)
    seen_by_its_people(client, answers | SAMIRA)  # what is looked up once a process is looked up now
    before = seen_by_its_people(client, answers | SAMIRA)
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    elsewhere = factories.request_of(other.bill_tos.get(), status="received", recipient=factories.PERSON | SAMIRA)
    PersonMark.objects.remember(elsewhere, SAMIRA)
    assert seen_by_its_people(client, answers | SAMIRA) == before


def test_the_association_sees_that_the_same_person_may_ask_elsewhere(client, send, answers, token, dispatcher):
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    elsewhere = factories.request_of(other.bill_tos.get(), status="received", recipient=factories.PERSON | SAMIRA)
    PersonMark.objects.remember(elsewhere, SAMIRA)
    send(answers | SAMIRA, token)
    sent = DeviceRequest.objects.latest("pk")
    client.force_login(dispatcher)
    for one, another in ((sent, elsewhere), (elsewhere, sent)):
        page = client.get(one.get_absolute_url()).content.decode()
        assert "Perhaps the same person asks elsewhere, too:" in page and another.number in page


def test_born_another_year_is_another_person(partner, social_worker):
    first = factories.receive(partner, by=social_worker, recipient=factories.PERSON | SAMIRA)
    assert list(PersonMark.objects.earlier(partner, SAMIRA)) == [first]
    assert not PersonMark.objects.earlier(partner, SAMIRA | {"birth_year": 1995}).exists()


def test_one_laptop_a_person_where_the_organisation_wants_it_so(partner, social_worker):
    person = factories.PERSON | SAMIRA
    first, second = (factories.receive(partner, by=social_worker, recipient=person) for _time in range(2))
    actions.approve(first, by=social_worker)
    partner.person_months = 12
    partner.save()
    with pytest.raises(Refused, match=f"one laptop in 12 months. See {first.number}"):
        actions.approve(second, by=social_worker)
    actions.withdraw(first, by=social_worker)
    actions.approve(second, by=social_worker)
    third = factories.receive(partner, by=social_worker, recipient=person)
    DeviceRequest.objects.filter(pk=second.pk).update(approved_at=clock.now() - timedelta(days=370))
    actions.approve(third, by=social_worker)
    assert DeviceRequest.objects.get(pk=third.pk).status == "approved"


def test_marks_are_forgotten_after_the_guard_period(client, admin, partner, social_worker):
    factories.receive(partner, by=social_worker, recipient=factories.PERSON | SAMIRA)
    PersonMark.objects.update(made_on=clock.today() - timedelta(days=400))
    actions.forget_marks()
    assert PersonMark.objects.exists()
    client.force_login(admin)
    assert 'value="24"' in client.get("/requests/policy/").content.decode()
    rule = {"round_first": "2026-01-06", "round_days": 14, "round_capacity": 50}
    assert client.post("/requests/policy/", rule | {"guard_months": 0}).status_code == 200
    for _time in range(2):
        client.post("/requests/policy/", rule | {"guard_months": 12})
    change = PolicyChange.objects.get()
    assert (change.field, change.before, change.after, change.by) == ("guard_months", "24", "12", admin)
    assert Policy.objects.get().guard_months == 12
    actions.forget_marks()
    assert not PersonMark.objects.exists()
