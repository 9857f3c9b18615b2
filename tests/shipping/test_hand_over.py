import pytest

from jobs import actions as job_actions
from jobs.models import Job
from records.refusals import Refused
from requests import actions as request_actions
from shipping import actions
from shipping.models import Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def labelled(make_labelled):
    return make_labelled()


def test_a_label_is_made_by_its_job_once(labelled, dispatcher):
    label = labelled.labels.get()
    assert (labelled.status, labelled.ident_code) == ("labelled", label.ident_code)
    assert label.file.read().startswith(b"%PDF")
    actions.order_labels([labelled], by=dispatcher)
    job_actions.run(Job.objects.get(state="waiting").pk)
    assert Label.objects.count() == 1


def test_the_wrong_laptop_stops_the_parcel(labelled, dispatcher):
    with pytest.raises(Refused, match="Wrong laptop"):
        actions.close_parcel(labelled, device_code="D-999999", by=dispatcher)
    assert labelled.closed_at is None


def test_an_open_parcel_is_not_handed_over(labelled, dispatcher):
    with pytest.raises(Refused, match="Close the parcel"):
        actions.hand_over(labelled, by=dispatcher)


def test_handing_over_copies_who_pays_and_moves_all_three(labelled, dispatcher):
    actions.close_parcel(labelled, device_code=labelled.device.number, by=dispatcher)
    actions.hand_over(labelled, by=dispatcher)
    actions.hand_over(labelled, by=dispatcher)
    labelled.refresh_from_db()
    assert (labelled.status, labelled.price, labelled.bill_to) == ("handed_over", 150, labelled.partner.bill_tos.get())
    assert (labelled.request.status, labelled.device.status) == ("shipped", "shipped")
    assert labelled.request.steps.last().numbers == {"parcel": labelled.ident_code}


def test_a_withdrawn_request_is_taken_out_loudly(labelled, social_worker, dispatcher):
    request_actions.withdraw(labelled.request, by=social_worker)
    with pytest.raises(Refused, match="withdrawn: take it out"):
        actions.close_parcel(labelled, device_code=labelled.device.number, by=dispatcher)
