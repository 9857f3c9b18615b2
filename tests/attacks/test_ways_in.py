"""What a stranger can put into an address, a header or a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from requests.models import DeviceRequest

from .conftest import PROOF

pytestmark = pytest.mark.django_db

ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_and_changing_the_language_never_lead_elsewhere(client, social_worker, address):
    social_worker.set_password("eine lange Nacht 9")
    social_worker.save()
    told = {"login": social_worker.email, "password": "eine lange Nacht 9", "next": address}
    assert client.post("/accounts/login/", told).url == "/home/"
    assert "evil" not in client.post("/language/", {"language": "fr", "next": address}).url


@pytest.mark.parametrize("referer", ["http://testserver//evil.example/", "http://evil.example/", "//evil.example"])
def test_a_refusal_never_leads_elsewhere(client, social_worker, device_request, referer):
    DeviceRequest.objects.update(status="shipped")
    client.force_login(social_worker)
    answer = client.post(f"/requests/{device_request.number}/withdraw/", headers={"Referer": referer})
    assert (answer.status_code, answer.url) in {(303, "/home/"), (303, "/evil.example/")}


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example"])
def test_a_foreign_host_is_turned_away(client, host):
    assert client.get("/accounts/login/", headers={"Host": host}).status_code == 400
    assert "evil.example" not in client.get("/accounts/login/", headers={"X-Forwarded-Host": host}).content.decode()


@pytest.mark.parametrize("action", ["approve", "decline", "withdraw", "allocate", "release", "pack"])
def test_no_action_is_taken_by_a_link_or_without_its_forms_token(social_worker, dispatcher, device_request, action):
    for user in (social_worker, dispatcher):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        url = f"/requests/{device_request.number}/{action}/"
        for method in ("get", "head", "options", "put", "patch", "delete"):
            getattr(client, method)(url)
        assert client.post(url, {"reason": "has_one", "device": "D-1"}).status_code == 403
    assert DeviceRequest.objects.get(pk=device_request.pk).status == "allocated"
    assert device_request.allocations.live().exists()


@pytest.mark.parametrize(
    "file",
    [
        ("proof.pdf", b"<html><script>alert(1)</script>", "application/pdf"),
        ("proof.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"),
        ("proof.jpg", b"PK\x03\x04", "image/jpeg"),
        ("proof.pdf", b" %PDF-1.7", "application/pdf"),
    ],
)
def test_a_proof_is_judged_by_its_bytes(client, social_worker, commune, file):
    client.force_login(social_worker)
    url = "/requests/new/7b1c1e66-6f3f-4f0c-8f62-0d0f6a8f2f10/"
    sent = SimpleUploadedFile(file[0], file[1], content_type=file[2])
    assert "neither a PDF nor a photo" in client.post(url, {"proof": sent}).content.decode()


def test_a_proof_that_is_a_page_as_well_is_shown_as_a_pdf_and_kept_by_nobody(client, social_worker, device_request):
    client.force_login(social_worker)
    answer = client.get(f"/requests/{device_request.number}/proof/")
    assert b"".join(answer) == PROOF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_what_was_typed_is_shown_and_never_run(client, social_worker, device_request):
    words = "<img src=x onerror=alert(1)>"
    device_request.allocations.update(released_at=timezone.now())  # what its label bears can't be changed
    type(device_request.recipient).objects.update(first_name=words, street=words)
    DeviceRequest.objects.update(case_reference=words)
    client.force_login(social_worker)
    for page in ("/requests/?view=all", f"/requests/{device_request.number}/", f"/requests/?q={words}"):
        text = client.get(page).content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
