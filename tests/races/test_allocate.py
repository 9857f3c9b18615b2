"""Many dispatchers, one laptop: exactly one wins, and without the index they would not."""

import threading
from collections import Counter

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from devices.models import Device
from records.refusals import Refused, refusal_for
from requests import actions
from requests.models import Allocation

pytestmark = pytest.mark.django_db(transaction=True)
CONTENDERS = 40
FASTER = "Somebody was faster: this laptop is allocated to another request."


@pytest.fixture
def requests_waiting(make_waiting):
    return make_waiting(CONTENDERS)


def contend(requests, device, user, allocate):
    together = threading.Barrier(len(requests))
    outcomes = []

    def one(request):
        try:
            connection.ensure_connection()
            together.wait(30)
            allocate(request, Device.objects.get(pk=device.pk), user)
            outcomes.append("won")
        except Refused as refusal:
            outcomes.append(str(refusal))
        except IntegrityError as error:
            outcomes.append(str(refusal_for(error)))
        except OperationalError as error:
            outcomes.append(f"broken: {error}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_exactly_one_of_many_gets_the_laptop_and_the_others_read_why(requests_waiting, device, dispatcher):
    outcomes = contend(
        requests_waiting, device, dispatcher, lambda request, laptop, user: actions.allocate(request, laptop, by=user)
    )
    assert Counter(outcomes) == {"won": 1, FASTER: CONTENDERS - 1}
    assert Allocation.objects.live().count() == 1


@pytest.fixture
def look_first(requests_waiting, device, dispatcher):
    """Let all look whether the laptop is free, and then allocate it: how many saw it free, and what came of it."""
    seen_free = []
    all_have_looked = threading.Barrier(CONTENDERS)

    def check_then_insert(request, laptop, user):
        if not Allocation.objects.live().filter(device=laptop).exists():
            seen_free.append(request.pk)
        all_have_looked.wait(30)
        Allocation.objects.create(request=request, partner_id=request.partner_id, device=laptop, by=user)

    def run():
        outcomes = contend(requests_waiting, device, dispatcher, check_then_insert)
        return len(seen_free), Counter(outcomes), Allocation.objects.live().count()

    return run


def test_looking_first_does_not_stop_anybody_but_the_index_does(look_first):
    assert look_first() == (CONTENDERS, {"won": 1, FASTER: CONTENDERS - 1}, 1)


@pytest.mark.usefixtures("without_index")
def test_without_the_index_all_who_looked_first_get_the_same_laptop(look_first):
    assert look_first() == (CONTENDERS, {"won": CONTENDERS}, CONTENDERS)
