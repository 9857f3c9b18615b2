from datetime import UTC, datetime

import pytest

from devices.models import Device
from requests.matching import Laptop, Wish, propose
from requests.models import Allocation, DeviceRequest

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def post(client, device_request, device, **options):
    return client.post(f"{device_request.get_absolute_url()}allocate/", {"device": device.number}, **options)


def test_the_queue_proposes_a_laptop_with_its_reasons_or_says_why_not(client, dispatcher, make_approved, make_ready):
    first, second, device = make_approved("LT-1"), make_approved("LT-2", keyboard="ch-fr"), make_ready()
    client.force_login(dispatcher)
    page = client.get("/requests/queue/")
    assert [(line["request"], line["device"]) for line in page.context["lines"]] == [(first, device), (second, None)]
    for words in (f"Keep {device.number}", "keyboard Swiss German, grade A", "None is ready with this keyboard."):
        assert words in page.content.decode()
    assert "Wenger" not in page.content.decode()


@pytest.fixture
def wait(partner, commune):
    """So many approved requests, written straight into the table, some of each kind and several a moment."""

    def wait(count):
        known = DeviceRequest.objects.count()
        return DeviceRequest.objects.bulk_create(
            DeviceRequest(
                partner=partner,
                bill_to=partner.bill_tos.get(),
                commune=commune,
                case_reference="LT-9",
                number=f"R-{known + n}",
                purpose="training",
                system="windows" if n % 5 == 0 else "linux",
                keyboard="ch-fr" if n % 3 == 0 else "ch-de",
                delivery="person",
                price=150,
                approved_at=datetime(2026, 10, 1 + (n * 7) % 11, tzinfo=UTC),
                status="approved",
            )
            for n in range(count)
        )

    return wait


@pytest.fixture
def stock(volunteer):
    """So many ready laptops of all kinds."""

    def stock(count):
        made = Device.objects.bulk_create(
            Device(
                asset_tag=f"S-{n}",
                number=f"D-S{n}",
                status="ready",
                system="windows" if n % 4 == 0 else "linux",
                keyboard="ch-fr" if n % 5 == 0 else "ch-de",
                memory_gb=(2, 4, 8, 16)[n % 7 % 4],
                grade="ABC"[n % 3],
                shelf="A-01",
            )
            for n in range(count)
        )
        return made

    return stock


def test_it_says_how_many_wait_and_how_many_of_them_it_shows(client, dispatcher, make_ready, wait):
    make_ready()
    client.force_login(dispatcher)
    (first,) = wait(1)
    DeviceRequest.objects.update(system="linux", keyboard="ch-de")
    assert "1 waiting, 1 with a match; 1 laptops are ready." in client.get("/requests/queue/").content.decode()
    wait(101)
    DeviceRequest.objects.exclude(pk=first.pk).update(system="windows")
    page = client.get("/requests/queue/").content.decode()
    assert "102 waiting; of the 25 on this page, 1 with a match; 1 laptops are ready." in page


def test_every_request_is_on_one_page_with_what_it_gets_in_its_turn(client, dispatcher, wait, stock):
    """Page by page nobody gets another laptop, or another reason, than if all were matched at once."""
    requests, laptops = wait(110), stock(70)
    in_turn = sorted(requests, key=lambda row: (row.approved_at, row.pk))
    expected = propose(
        [Wish(row.pk, row.system, row.keyboard) for row in in_turn],
        [Laptop(row.pk, row.system, row.keyboard, row.memory_gb, row.grade) for row in laptops],
    )
    client.force_login(dispatcher)
    pages, url = [], "/requests/queue/"
    while url:
        pages.append(client.get(url).context)
        url = pages[-1]["page"].next_url and f"/requests/queue/{pages[-1]['page'].next_url}"
    lines = [line for page in pages for line in page["lines"]]
    assert [len(page["lines"]) for page in pages] == [25, 25, 25, 25, 10]
    assert [line["request"].pk for line in lines] == [proposal.wish.key for proposal in expected]
    assert [line["device"] and line["device"].pk for line in lines] == [
        proposal.laptop and proposal.laptop.key for proposal in expected
    ]
    assert [line["reasons"] for line in lines] == [proposal.reasons for proposal in expected]
    back = client.get(f"/requests/queue/{pages[2]['page'].previous_url}").context
    assert back["lines"] == pages[1]["lines"]


def test_the_queue_stays_small_and_costs_the_same_however_many_wait(
    client, dispatcher, wait, stock, django_assert_num_queries
):
    client.force_login(dispatcher)
    wait(25)
    stock(300)
    Device.objects.update(keyboard="ch-de")  # so that some wait, and the page says why
    with django_assert_num_queries(5):
        client.get("/requests/queue/")
    wait(275)
    with django_assert_num_queries(5):
        page = client.get("/requests/queue/")
    assert len(page.content) <= 60_000


def test_from_a_thousand_on_the_queue_is_not_counted_to_its_end(client, dispatcher, wait, stock, monkeypatch):
    monkeypatch.setattr("requests.views.allocation.COUNTED", 40)
    wait(41)
    stock(30)
    client.force_login(dispatcher)
    assert "39+ waiting; of the 25 on this page, " in client.get("/requests/queue/").content.decode()


def test_accepting_a_match_keeps_the_laptop(client, dispatcher, make_approved, make_ready):
    client.force_login(dispatcher)
    assert post(client, make_approved(), make_ready()).url == "/requests/queue/"
    assert DeviceRequest.objects.get().status == "allocated"


def test_a_program_gets_201_and_twice_is_as_once(client, dispatcher, make_approved, make_ready):
    client.force_login(dispatcher)
    device_request, device = make_approved(), make_ready()
    answers = [post(client, device_request, device, headers=JSON) for _time in range(2)]
    allocation = Allocation.objects.get()
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, {"allocation": allocation.pk})] * 2


def test_the_second_request_for_a_laptop_gets_409(client, dispatcher, make_approved, make_ready):
    client.force_login(dispatcher)
    first, second, device = make_approved("LT-1"), make_approved("LT-2"), make_ready()
    post(client, first, device)
    answer = post(client, second, device, headers=JSON)
    assert answer.status_code == 409
    assert "faster" in answer.json()["detail"]
    assert Allocation.objects.get().request == first


def test_nobody_else_allocates(client, social_worker, volunteer, make_approved, make_ready):
    device_request, device = make_approved(), make_ready()
    for user in (social_worker, volunteer):
        client.force_login(user)
        assert client.get("/requests/queue/").status_code == 403
        assert post(client, device_request, device).status_code == 403
    assert Allocation.objects.count() == 0


def test_a_missing_laptop_is_404(client, dispatcher, make_approved):
    client.force_login(dispatcher)
    answer = client.post(f"{make_approved().get_absolute_url()}allocate/", {"device": "D-999999"})
    assert answer.status_code == 404


def test_home_names_what_waits(client, dispatcher, social_worker, make_received, make_approved):
    make_received("LT-1")
    make_approved("LT-2")
    client.force_login(dispatcher)
    assert "Approved request waits for a laptop" in client.get("/home/").content.decode()
    client.force_login(social_worker)
    assert "Request waits for your decision" in client.get("/home/").content.decode()
