"""What the association decides: back to the organisation, no, another laptop, or nothing more."""

import pytest

from jobs import actions as jobs
from jobs.models import Job
from records.refusals import Refused
from requests import actions
from requests.models import REASONS, Allocation, DeviceRequest

pytestmark = pytest.mark.django_db


def settle(client, device_request, verb, **form):
    return client.post(f"{device_request.get_absolute_url()}{verb}/", form)


def only_step(device_request, verb):
    step = device_request.steps.get(verb=verb)
    return step.reason, step.by


@pytest.fixture
def returned(make_approved, make_ready, dispatcher):
    """A request whose parcel came back."""
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    actions.ship(device_request, parcel="990000000000000001", by=dispatcher)
    actions.record_return(device_request, by=dispatcher)
    return device_request


def test_one_that_is_sent_back_is_approved_again_at_its_old_place_and_price(
    client, dispatcher, social_worker, make_approved
):
    first, _second = make_approved("LT-1"), make_approved("LT-2")
    was = (first.approved_at, first.price)
    client.force_login(dispatcher)
    page = client.get(f"{first.get_absolute_url()}send-back/").content.decode()
    assert "Approved again, it has its place and price." in page and "The address is not clear" in page
    for _press in range(2):
        settle(client, first, "send-back", reason="address")
    first.refresh_from_db()
    assert first.status == "received" and only_step(first, "send_back") == ("address", dispatcher)
    client.force_login(social_worker)
    shown = client.get(first.get_absolute_url()).content.decode()
    assert "Sent back to the organisation" in shown and "The address is not clear." in shown
    assert "Request waits for your decision" in client.get("/home/").content.decode()
    actions.approve(first, by=social_worker)
    first.refresh_from_db()
    assert (first.approved_at, first.price) == was
    assert list(DeviceRequest.objects.queued().values_list("case_reference", flat=True)) == ["LT-1", "LT-2"]


@pytest.mark.parametrize(
    ("verb", "sentence"), [("send-back", "sent a request back"), ("reject", "can’t send a laptop")]
)
def test_the_organisation_gets_one_mail_with_the_reason_and_without_the_person(
    client, dispatcher, partner, make_approved, mailoutbox, verb, sentence
):
    device_request = make_approved()
    partner.email, partner.language = "office@muster.example.org", "en"
    partner.save()
    client.force_login(dispatcher)
    for _press in range(2):
        settle(client, device_request, verb, reason="agreed")
    jobs.run(Job.objects.get(kind="documents.send_mail").pk)
    (mail,) = mailoutbox
    assert mail.to == ["office@muster.example.org"] and device_request.number in mail.subject
    for said in (mail.body, mail.alternatives[0][0]):
        assert sentence in said and "As agreed with you by phone" in said and device_request.get_absolute_url() in said
        assert "Wenger" not in said


def test_the_laptop_of_a_rejected_one_is_free_again(client, dispatcher, make_approved, make_ready):
    device_request, device = make_approved(), make_ready()
    actions.allocate(device_request, device, by=dispatcher)
    client.force_login(dispatcher)
    settle(client, device_request, "reject", reason="not_ours")
    device.refresh_from_db()
    device_request.refresh_from_db()
    assert (device_request.status, device.status, Allocation.objects.live().count()) == ("rejected", "ready", 0)


def test_after_a_return_another_laptop_is_sent_at_the_same_place_and_price(client, dispatcher, returned, make_ready):
    was = (returned.approved_at, returned.price)
    client.force_login(dispatcher)
    assert "Send another laptop" in client.get(returned.get_absolute_url()).content.decode()
    for _press in range(2):
        settle(client, returned, "requeue")
    returned.refresh_from_db()
    assert returned.status == "approved" and (returned.approved_at, returned.price) == was
    assert returned.steps.filter(verb="requeue").count() == 1
    actions.allocate(returned, make_ready("X2"), by=dispatcher)
    assert returned.allocations.live().get().device.asset_tag == "X2"


def test_after_a_return_nothing_more_is_sent_if_nobody_needs_it(client, dispatcher, returned):
    client.force_login(dispatcher)
    assert "One thing to mend" in settle(client, returned, "give-up").content.decode()
    settle(client, returned, "give-up", reason="not_needed")
    returned.refresh_from_db()
    assert returned.status == "withdrawn" and only_step(returned, "give_up") == ("not_needed", dispatcher)
    assert not Allocation.objects.live().exists()


@pytest.mark.parametrize("verb", ["send_back", "reject", "give_up"])
def test_a_reason_is_one_of_those_that_are_offered(make_approved, dispatcher, verb):
    with pytest.raises(Refused, match="Say why"):
        getattr(actions, verb)(make_approved(), reason="because", by=dispatcher)


@pytest.mark.parametrize("verb", ["requeue", "give-up"])
def test_what_no_longer_follows_is_said_and_changes_nothing(client, dispatcher, make_approved, verb):
    device_request = make_approved()
    client.force_login(dispatcher)
    answer = client.get(f"{device_request.get_absolute_url()}{verb}/", follow=True)
    assert "this step can’t follow" in answer.content.decode()
    settle(client, device_request, verb, reason="agreed")
    device_request.refresh_from_db()
    assert device_request.status == "approved"


def test_no_reason_tells_of_another_organisation():
    words = " ".join(str(label) for reasons in REASONS.values() for label in reasons.labels)
    assert "other organisation" not in words and "another organisation" not in words
