"""Two hundred dispatchers press the button of the page at the same moment, through the running server."""

import threading
import time
from collections import Counter

import httpx
import pytest
from django.test import Client

from config import embedded
from requests.models import Allocation
from tests import contention, running

pytestmark = pytest.mark.django_db(transaction=True)
CONTENDERS = 200
FASTER = "Somebody was faster: this laptop is allocated to another request."


@pytest.fixture
def site(tmp_path):
    port = embedded.free_port()
    with running.web(tmp_path, port=port, threads=50):
        yield running.address(port)


@pytest.fixture
def cookies(dispatcher):
    client = Client()
    client.force_login(dispatcher)
    return {"sessionid": client.cookies["sessionid"].value, "csrftoken": "c" * 32}


def contend(site, cookies, waiting, device):
    """Post the form once per request, all together: how often which answer came, and how many waited at once."""
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
            # The time of the first one's step follows the comma.
            answers.append((answer.status_code, answer.json().get("detail", "").partition(",")[0]))

    threads = [threading.Thread(target=press, args=[request.number]) for request in waiting]
    for thread in threads:
        thread.start()
    most_waiting = 0
    while any(thread.is_alive() for thread in threads):
        most_waiting = max(most_waiting, contention.waiting())
        time.sleep(0.01)
    return Counter(answers), most_waiting


def test_one_of_two_hundred_gets_the_laptop_and_the_others_read_why(site, cookies, make_waiting, device):
    device.refresh_from_db()
    answers, most_waiting = contend(site, cookies, make_waiting(CONTENDERS), device.number)
    assert answers == {(201, ""): 1, (409, FASTER): CONTENDERS - 1}
    assert Allocation.objects.live().count() == 1
    assert most_waiting > 1  # they overlapped in the database, not only at the door


@pytest.mark.usefixtures("without_index")
def test_without_the_index_the_laptops_own_status_answers(site, cookies, make_waiting, device):
    """The negative control: the sentence that the first test counts comes from the index alone."""
    device.refresh_from_db()
    answers, most_waiting = contend(site, cookies, make_waiting(20), device.number)
    assert answers == {(201, ""): 1, (409, f"{device.number} is “Reserved” already: Dispatch"): 19}
    assert most_waiting > 1
