"""The clock works out expected days while somebody holds a request: it waits for nobody."""

import pytest
from django.db import connections, transaction

from requests.calendar import work_out_expected_days
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_somebody_holds_is_written_the_next_time(make_waiting):
    held, other = make_waiting(2)
    with transaction.atomic("owner"):
        list(DeviceRequest.objects.using("owner").select_for_update().filter(pk=held.pk))
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")  # else it would wait for ever, and so would this test
            work_out_expected_days()
        assert _told(other) == "nothing" and _told(held) == ""
    work_out_expected_days()
    assert _told(held) == "nothing"


def _told(device_request):
    return DeviceRequest.objects.values_list("expected_by", flat=True).get(pk=device_request.pk)
