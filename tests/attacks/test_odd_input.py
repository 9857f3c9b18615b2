import uuid

import pytest

from devices.checklist import POINTS
from devices.models import Device
from partners.models import ApiToken, Partner
from requests.models import DeviceRequest, RequestDraft
from tests.request_form import send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["allocated", "lost", "returned"])
def test_what_has_left_the_desk_is_not_approved_once_more(client, social_worker, device_request, status):
    DeviceRequest.objects.update(status=status)
    client.force_login(social_worker)
    client.post(f"/requests/{device_request.number}/approve/")
    assert DeviceRequest.objects.get().status == status


@pytest.mark.parametrize("status", ["reserved", "missing"])
def test_a_laptop_that_is_kept_for_somebody_or_missing_is_not_checked_free(client, volunteer, device_request, status):
    device = Device.objects.get(asset_tag="T1")
    Device.objects.filter(pk=device.pk).update(status=status)
    client.force_login(volunteer)
    answers = {"points": list(POINTS), "grade": "C", "keyboard": "ch-de", "shelf": "Z9"}
    assert client.post(f"/devices/{device.number}/mark-ready/", answers).status_code == 200
    device.refresh_from_db()
    assert (device.status, device.grade) == (status, "A")


def test_no_page_is_kept_by_a_browser(client, social_worker, device_request):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=device_request.partner, name="x")
    number = device_request.number
    client.force_login(social_worker)
    for answer in (
        client.get(f"/requests/{number}/"),
        client.get("/requests/"),
        client.get("/requests/R-0/"),
        client.get(f"/api/v1/requests/{number}/", headers={"Authorization": f"Bearer {secret}"}),
    ):
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/requests/%00/", "/devices/%00/", "/devices/scan/?done=%00", "/api/v1/devices/%00/"])
def test_a_nul_is_turned_away(client, admin, path):
    client.force_login(admin)
    assert client.get(path).status_code in (200, 404)


def test_a_typed_nul_leaves_no_name_in_the_log(client, social_worker, caplog):
    client.force_login(social_worker)
    answer = client.post(f"/requests/new/{uuid.uuid4()}/", {"first_name": "Xenophilia\0", "last_name": "Q"})
    assert answer.status_code == 200
    assert "Xenophilia" not in caplog.text
    assert RequestDraft.objects.get().answers["first_name"] == "Xenophilia"


@pytest.mark.parametrize("partner", ["²", "9" * 30, "x", ""])
def test_a_partner_that_is_no_number_is_no_fault(client, admin, partner):
    client.force_login(admin)
    for page in ("/requests/", "/invoices/"):
        assert client.get(page, {"partner": partner}).status_code == 200
    assert client.post("/partners/act-for/", {"partner": partner}).status_code == 404


def test_a_body_beyond_any_limit_is_not_read(client):
    answer = client.post("/accounts/login/", {"login": "x"}, headers={"Content-Length": str(41 * 1024 * 1024)})
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["x", "²", "-1"])
def test_a_length_that_is_no_number_is_no_fault(client, length):
    assert client.get("/accounts/login/", headers={"Content-Length": length}).status_code == 200


def test_json_nested_beyond_measure_is_a_400(client, social_worker, device_request):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=device_request.partner, name="x")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "12345678"}
    answer = client.post("/api/v1/requests/", "[" * 100_000, content_type="application/json", headers=headers)
    assert answer.status_code == 400


class TestPostcode:
    """Four plain digits, whatever blanks and line ends come with them."""

    PERSON = {"first_name": "Eva", "last_name": "Muster", "street": "Kirchbühl", "town": "Burgdorf", "language": "de"}
    WISH = {"case_reference": "X-1", "delivery": "person", "purpose": "school", "system": "linux", "keyboard": "ch-de"}
    ODD = [
        ("3400", True),
        (" 3400 ", True),
        ("3400\n", True),
        ("34\n00", False),
        ("34000", False),
        ("٣٤٠٠", False),
        ("３４００", False),
    ]

    @pytest.fixture
    def payer(self, partner, commune):
        return {"bill_to": partner.bill_tos.get().pk, "commune": commune.pk}

    @pytest.mark.parametrize(("typed", "is_one"), ODD)
    def test_on_the_page(self, client, social_worker, payer, typed, is_one):
        client.force_login(social_worker)
        token = uuid.uuid4()
        kept = client.post(f"/requests/new/{token}/", self.PERSON | self.WISH | payer | {"postcode": typed})
        assert (kept.status_code == 302) is is_one
        send(client, token, "approve")
        assert list(DeviceRequest.objects.values_list("recipient__postcode", flat=True)) == ["3400"] * is_one

    @pytest.mark.parametrize(("typed", "is_one"), ODD)
    def test_by_a_program(self, client, social_worker, partner, payer, typed, is_one):
        _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x")
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "12345678"}
        wish = self.WISH | payer | {"recipient": self.PERSON | {"postcode": typed}}
        answer = client.post("/api/v1/requests/", wish, content_type="application/json", headers=headers)
        assert answer.status_code == (201 if is_one else 400)
        assert list(DeviceRequest.objects.values_list("recipient__postcode", flat=True)) == ["3400"] * is_one

    @pytest.mark.parametrize(("typed", "is_one"), ODD)
    def test_of_an_organisation(self, client, admin, typed, is_one):
        client.force_login(admin)
        address = {"name": "Gemeinde", "kind": "commune", "language": "de", "town": "Burgdorf", "delivery": "person"}
        pays = {"pays-language": "de", "pays-cadence": "month", "pays-email": "kasse@example.org"}
        client.post("/partners/new/", address | {"street": "Kirchbühl", "postcode": typed} | pays)
        assert list(Partner.objects.values_list("postcode", flat=True)) == ["3400"] * is_one


@pytest.mark.parametrize("name", ["bill_to", "commune"])
@pytest.mark.parametrize("number", ["1e400", "-1e400", "99999999999999999999"])
def test_a_number_beyond_all_measure_is_a_wrong_field(client, social_worker, partner, name, number):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    sent = f'{{"{name}": {number}}}'
    answer = client.post("/api/v1/requests/", sent, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert name in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("name", ["Nina\u202e", "Nina\u0007", "Nina\nAebi"])
def test_a_persons_name_holds_no_sign_that_is_not_seen(client, social_worker, partner, name):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    sent = {"recipient": {"first_name": name, "last_name": name}}
    answer = client.post("/api/v1/requests/", sent, content_type="application/json", headers=headers)
    assert {"recipient.first_name", "recipient.last_name"} <= {error["field"] for error in answer.json()["errors"]}
    client.force_login(social_worker)
    page = client.post(f"/requests/new/{uuid.uuid4()}/", sent["recipient"]).content.decode()
    assert page.count("A name has no line breaks") >= 2


def test_a_commune_of_endless_digits_is_none(client, admin):
    client.force_login(admin)
    for digits in ("9" * 5_000, "9" * 18):
        assert client.post("/partners/new/", {"name": "Sozialdienst", "communes": digits}).status_code == 200
