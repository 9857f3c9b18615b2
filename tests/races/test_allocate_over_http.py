"""Two hundred dispatchers press the button of the page at the same moment, through the running server."""

import threading
from collections import Counter

import httpx
import pytest
from django.db import connections
from django.test import Client

from config.embedded import free_port
from requests.models import Allocation
from tests import running

pytestmark = pytest.mark.django_db(transaction=True)
CONTENDERS = 200
FASTER = "Somebody was faster: this laptop is allocated to another request."
INDEX = "one_live_allocation_per_device"


@pytest.fixture
def site(tmp_path):
    port = free_port()
    with running.web(tmp_path, port=port, threads=50):
        yield running.address(port)


@pytest.fixture
def cookies(dispatcher):
    client = Client()
    client.force_login(dispatcher)
    return {"sessionid": client.cookies["sessionid"].value, "csrftoken": "c" * 32}


def contend(site, cookies, waiting, device):
    """Post the form once per request, all together; how often which answer came."""
    together = threading.Barrier(len(waiting))
    answers = []

    def press(number):
        with httpx.Client(base_url=site, cookies=cookies, timeout=120) as browser:
            together.wait(60)
            answer = browser.post(
                f"/requests/{number}/allocate/",
                data={"device": device},
                headers={"Accept": "application/json", "X-CSRFToken": cookies["csrftoken"]},
            )
            answers.append((answer.status_code, answer.json().get("detail")))

    threads = [threading.Thread(target=press, args=[request.number]) for request in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def test_one_of_two_hundred_gets_the_laptop_and_the_others_read_why(site, cookies, make_waiting, device):
    device.refresh_from_db()
    answers = contend(site, cookies, make_waiting(CONTENDERS), device.number)
    assert answers == {(201, None): 1, (409, FASTER): CONTENDERS - 1}
    assert Allocation.objects.live().count() == 1


def test_without_the_index_it_is_not_the_index_that_answers(site, cookies, make_waiting, device):
    """The negative control: the sentence that the first test counts comes from the index alone."""
    device.refresh_from_db()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {INDEX}")
    try:
        answers = contend(site, cookies, make_waiting(20), device.number)
        assert answers[409, FASTER] == 0
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(definition)
