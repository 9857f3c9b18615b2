"""How many statements a press takes: what is asked of the database twice, or locked twice, shows here."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Locality
from requests.models import RequestDraft
from tests.request_form import send

KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
SESSION = "SELECT people_session"  # who is it, and for whom: asked on every page


def taken(press, *args, **options):
    """What a press asks of the database, as kind and table; without BEGIN, COMMIT and savepoints."""
    with CaptureQueriesContext(connection) as captured:
        press(*args, **options)
    statements = [query["sql"].strip() for query in captured]
    return [f"{sql.split()[0]} {table_of(sql)}" for sql in statements if sql.startswith(KINDS)]


def table_of(sql):
    return re.findall(r'(?:FROM|INTO|^UPDATE) "?(\w+)', sql)[-1]  # before it stand those of EXISTS


@pytest.fixture
def signed_in(client, social_worker, partner, commune):
    """A social worker of an organisation that speaks for a commune, in a country whose postcodes are loaded."""
    partner.coverage.create(commune=commune)
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    client.force_login(social_worker)
    return client


FORM = ["SELECT partners_coverage", "SELECT partners_billto", "SELECT partners_locality"]
STEP = ["UPDATE requests_devicerequest", "INSERT requests_requeststep"]


@pytest.mark.django_db
def test_the_first_press_of_a_new_form(signed_in, answers, token):
    assert taken(signed_in.post, f"/requests/new/{token}/", answers) == [
        SESSION,
        "SELECT requests_requestdraft",
        *FORM,
        "SELECT requests_requestdraft",
        "INSERT requests_requestdraft",
        "SELECT requests_devicerequest",  # a form that was sent is not kept
    ]


@pytest.mark.django_db
def test_the_first_press_of_a_form_that_was_kept_while_it_was_typed(signed_in, answers, token):
    signed_in.post(f"/requests/new/{token}/", answers | {"typing": "1"})
    assert taken(signed_in.post, f"/requests/new/{token}/", answers) == [
        SESSION,
        "SELECT requests_requestdraft",
        *FORM,
        "SELECT requests_requestdraft",
        "SELECT requests_requestdraft",  # locked
        "SELECT requests_devicerequest",
        "UPDATE requests_requestdraft",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "decision"), [("approve", ["SELECT partners_tariff", *STEP]), ("send", [])])
def test_the_final_press(signed_in, answers, token, verb, decision):
    signed_in.post(f"/requests/new/{token}/", answers)
    sent = {"verb": verb, "seen": RequestDraft.objects.get().fingerprint}
    assert taken(signed_in.post, f"/requests/new/{token}/check/", sent) == [
        SESSION,
        "SELECT requests_requestdraft",
        *FORM,
        "SELECT requests_requestdraft",  # locked, with its organisation
        "SELECT requests_personmark",  # of the organisation's own, for perhaps the same person
        "SELECT partners_billto",  # and commune and postcode once more, under the lock
        "INSERT requests_devicerequest",
        "INSERT requests_recipient",
        "INSERT requests_personmark",
        "INSERT requests_requeststep",
        *decision,
        "DELETE requests_requestdraft",
    ]


@pytest.mark.django_db
def test_the_final_press_once_more(signed_in, answers, token):
    signed_in.post(f"/requests/new/{token}/", answers)
    send(signed_in, token, "approve")
    assert taken(signed_in.post, f"/requests/new/{token}/check/", {"verb": "approve"}) == [
        SESSION,
        "SELECT requests_requestdraft",
        "SELECT requests_devicerequest",
        "SELECT partners_partner",  # locked
        "SELECT requests_devicerequest",  # locked
        "SELECT requests_requeststep",
    ]


ENDED = ["UPDATE devices_device", "INSERT devices_devicestep"]


@pytest.fixture
def dispatch(client, dispatcher, make_approved, make_ready):
    """Somebody of dispatch with an approved request and a laptop for it."""
    client.force_login(dispatcher)
    return client, make_approved(), make_ready()


@pytest.mark.django_db
def test_allocating_and_releasing(dispatch):
    client, device_request, device = dispatch
    fetched = ["SELECT requests_devicerequest", "SELECT devices_device"]
    locked = ["SELECT partners_partner", *fetched]
    url = device_request.get_absolute_url()
    assert taken(client.post, f"{url}allocate/", {"device": device.number}) == [
        SESSION,
        *fetched,
        *locked,
        "INSERT requests_allocation",
        *STEP,
        *ENDED,
    ]
    assert taken(client.post, f"{url}allocate/", {"device": device.number}) == [
        SESSION,
        *fetched,
        *locked,
        "SELECT requests_allocation",
    ]
    assert taken(client.post, f"{url}release/") == [
        SESSION,
        "SELECT requests_devicerequest",
        "SELECT requests_devicerequest",  # locked
        "SELECT requests_allocation",
        *STEP,
        "SELECT devices_device",  # locked
        *ENDED,
        "UPDATE requests_allocation",
    ]


def savepoints(press, *args, **options):
    with CaptureQueriesContext(connection) as captured:
        press(*args, **options)
    return sum(query["sql"].startswith("SAVEPOINT") for query in captured)


@pytest.mark.django_db(transaction=True)
def test_only_a_form_that_another_tab_may_keep_first_takes_a_savepoint(signed_in, answers, token):
    page = f"/requests/new/{token}/"
    assert [savepoints(signed_in.post, page, answers) for _time in range(2)] == [1, 0]
    sent = {"verb": "approve", "seen": RequestDraft.objects.get().fingerprint}
    assert [savepoints(signed_in.post, f"{page}check/", sent) for _time in range(2)] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_neither_allocating_nor_releasing_takes_a_savepoint(dispatch):
    client, device_request, device = dispatch
    url = device_request.get_absolute_url()
    assert savepoints(client.post, f"{url}allocate/", {"device": device.number}) == 0
    assert savepoints(client.post, f"{url}release/") == 0
