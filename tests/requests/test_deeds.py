"""No state of a request tells a reader to act and gives it nothing to act with."""

import pytest
from lxml import html

from requests.lifecycle import RequestStatus
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db
ELSEWHERE = {"/requests/queue/", "/rounds/"}  # the pages of a step that is taken with many at once
NO_DEEDS = {"tracking", "detail", "correct"}  # about the request, but nothing that the step asks for


@pytest.mark.parametrize("reader", ["social_worker", "dispatcher", "admin"])
@pytest.mark.parametrize("status", [status.value for status in RequestStatus])
def test_who_must_act_finds_the_deed(client, request, partner, status, reader):
    bill_to = partner.bill_tos.get()
    device_request = factories.request_of(bill_to, status=status, recipient=factories.PERSON)
    if status in ("allocated", "shipped", "delivered", "returned", "lost"):
        factories.allocation_of(device_request)
    user = request.getfixturevalue(reader)
    client.force_login(user)
    page = html.fromstring(client.get(device_request.get_absolute_url()).content.decode())
    main = page.find(".//main")
    says_so = "You:" in main.text_content()
    assert says_so == DeviceRequest.objects.get(pk=device_request.pk).next_step.waits_for(user)
    own = device_request.get_absolute_url()
    addresses = set(main.xpath(".//form[@method='post']/@action")) | set(main.xpath(".//a/@href"))
    deeds = {address.removeprefix(own).strip("/") for address in addresses if address.startswith(own)} - NO_DEEDS
    if says_so:
        assert deeds - {"", "write", "tracking"} or addresses & ELSEWHERE, (status, reader, addresses)
