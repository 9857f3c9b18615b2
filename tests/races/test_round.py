"""Several dispatchers press for the same round at once: each laptop goes once, and nobody waits for ever."""

import threading

import pytest
from django.db import connection, connections

from requests.models import Allocation, DeviceRequest
from requests.rounds import Pair, allocate_round
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ROUND = 12


def test_each_laptop_of_a_round_goes_once_whoever_presses_and_in_whatever_order(make_waiting, volunteer, make_user):
    requests = make_waiting(ROUND)
    laptops = [factories.ready_laptop(f"X{n}", by=volunteer) for n in range(ROUND)]
    pairs = [Pair(request.number, laptop.number) for request, laptop in zip(requests, laptops, strict=True)]
    crossed = [Pair(request.number, laptop.number) for request, laptop in zip(requests, laptops[::-1], strict=True)]
    together, outcomes = threading.Barrier(4), []

    def press(sent, user):
        try:
            connection.ensure_connection()
            together.wait(30)
            outcomes.append(allocate_round(sent, by=user))
        finally:
            connections.close_all()

    threads = []
    for n, sent in enumerate((pairs, pairs[::-1], crossed, crossed[::-1])):
        user = make_user(f"dispatch{n}@example.org", "dispatcher")
        threads.append(threading.Thread(target=press, args=[sent, user]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept for kept, _left_out in outcomes) == [0, 0, 0, ROUND]
    assert all(len(left_out) == ROUND for kept, left_out in outcomes if not kept)
    live = Allocation.objects.live()
    assert (
        live.count() == live.values("device").distinct().count() == live.values("request").distinct().count() == ROUND
    )
    assert set(DeviceRequest.objects.values_list("status", flat=True)) == {"allocated"}
