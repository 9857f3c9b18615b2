import pytest

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
    for words in (f"Keep {device.number}", "the right keyboard", "None is ready with this keyboard."):
        assert words in page.content.decode()
    assert "Wenger" not in page.content.decode()


def test_it_says_how_many_wait_and_how_many_of_them_it_shows(client, dispatcher, make_approved, make_ready):
    device_request = make_approved()
    make_ready()
    client.force_login(dispatcher)
    assert "1 waiting, 1 with a match; 1 laptops are ready." in client.get("/requests/queue/").content.decode()
    DeviceRequest.objects.bulk_create(
        DeviceRequest(
            partner=device_request.partner,
            bill_to=device_request.bill_to,
            commune=device_request.commune,
            case_reference="LT-9",
            number=f"R-{n}",
            purpose="school",
            keyboard="ch-de",
            delivery="person",
            price=150,
            approved_at=device_request.approved_at,
            status="approved",
        )
        for n in range(101)
    )
    page = client.get("/requests/queue/").content.decode()
    assert "102 waiting; of the first 100, 1 with a match; 1 laptops are ready." in page


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
