"""A person sees by a link where the laptop is: nobody's name, no organisation, and not for ever."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp

from jobs import actions as jobs
from jobs.models import Job
from records import clock
from records.refusals import Refused
from requests import actions, tracking
from requests.calendar import work_out_expected_days
from requests.models import TrackingLink
from tests.test_papers import over_the_edge

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Europe/Zurich"))


@pytest.fixture
def today():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def link(today, make_received, social_worker):
    return tracking.open_tracking_link(make_received("LT-1"), by=social_worker)


@pytest.fixture
def look(client, link):
    def look(code="en", status=200, token=None):
        answer = client.get(f"/track/{token or link.token}/{code}/")
        assert answer.status_code == status
        return re.sub(r'nonce="[^"]*"', "", " ".join(answer.content.decode().split()))

    return look


@pytest.fixture
def sent(link, social_worker, dispatcher, make_ready):
    """It goes all the way to the Post."""
    actions.approve(link.request, by=social_worker)
    actions.allocate(link.request, make_ready(), by=dispatcher)
    actions.ship(link.request, parcel="990000000000000001", by=dispatcher)
    return link.request


def test_it_says_each_step_and_when_it_comes(look, link, social_worker, dispatcher, make_ready):
    request = link.request
    assert "Your request is being read." in look()
    actions.approve(request, by=social_worker)
    device = make_ready()
    work_out_expected_days()
    page = look()
    assert "You get a laptop." in page and "We expect it to arrive on Thursday, 10 December." in page
    assert '<li class="is-done">Asked</li> <li aria-current="step">Agreed</li> <li >Packed</li>' in page
    actions.allocate(request, device, by=dispatcher)
    assert "Your laptop is being packed." in look()
    actions.ship(request, parcel="990000000000000001", by=dispatcher)
    page = look()
    assert "Your laptop is on its way." in page and "Thursday, 3 December" in page
    assert "99.00.000000.00000001" in page
    assert 'href="https://service.post.ch/ekp-web/ui/entry/search/990000000000000001" rel="noreferrer"' in page
    actions.record_delivery(request, by=dispatcher)
    page = look()
    assert "Your laptop has arrived." in page and "/help/first-steps/" in page
    assert "Until Monday, 1 March 2027 we repair it" in page
    assert "It closes after Sunday, 30 May 2027." in page  # 90 days after the warranty


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (lambda request, worker, dispatch: actions.decline(request, reason="has_one", by=worker), "No laptop comes"),
        (lambda request, worker, dispatch: actions.withdraw(request, by=worker), "No laptop comes for this number."),
    ],
)
def test_of_what_ended_it_says_whom_to_ask_and_no_reason(look, link, social_worker, dispatcher, end, sentence):
    end(link.request, social_worker, dispatcher)
    page = look()
    assert sentence in page and "Please ask at the office where you asked for it." in page
    assert "has a device" not in page and 'aria-current="step"' not in page


def test_what_came_back_or_is_lost_asks_nothing_of_the_person(look, sent, dispatcher):
    actions.record_loss(sent, by=dispatcher)
    assert "We are looking for your parcel." in look()
    actions.record_return(sent, by=dispatcher)
    assert "The parcel came back to us." in look()


def test_it_names_nobody_and_no_organisation(look, link, sent, partner):
    words = look()
    person = link.request.recipient
    hidden = [partner.name, person.first_name, person.last_name, person.street, person.town, "LT-1", "ozial", "CHF"]
    for word in filter(None, hidden):
        assert word not in words, word


def test_every_language_has_its_page_and_the_first_is_the_persons(client, look, link):
    for code in ("de", "fr", "it", "en", "uk", "ar"):
        assert f'<html lang="{code}"' in look(code)
    assert 'dir="rtl"' in look("ar")
    link.request.recipient.language = "uk"
    link.request.recipient.save()
    answer = client.get(f"/track/{link.token}/")
    assert answer["Content-Language"] == "uk"
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
    assert client.get(f"/track/{link.token}/xx/").status_code == 404
    assert not answer.cookies


def test_every_address_that_shows_nothing_shows_the_same(look, link, social_worker):
    unknown = look(token="aaaa-bbbb-cccc-dddd", status=404)
    assert "This page is closed" in unknown
    tracking.close_tracking_link(link, by=social_worker)
    assert look(status=404).replace(link.token, "aaaa-bbbb-cccc-dddd") == unknown


def test_it_ends_with_the_retention_period(look, sent, dispatcher):
    actions.record_delivery(sent, by=dispatcher)
    for day, status in (("2027-05-30", 200), ("2027-05-31", 404)):
        with clock.set_to(datetime.fromisoformat(f"{day}T12:00+02:00")):
            look(status=status)


def test_of_an_erased_person_it_shows_nothing(look, link):
    blank = dict.fromkeys(("first_name", "last_name", "street", "postcode", "town"), "")
    type(link.request.recipient).objects.update(erased_at=clock.now(), **blank)
    look(status=404)


@pytest.mark.parametrize(
    ("handed_over", "ends"), [("2026-11-30", "2027-02-28"), ("2026-12-01", "2027-03-01"), ("2027-11-30", "2028-02-29")]
)
def test_the_warranty_lasts_three_months(handed_over, ends):
    assert tracking.warranty_ends(date.fromisoformat(handed_over)) == date.fromisoformat(ends)


def test_the_organisation_opens_replaces_and_closes_it_each_asked_once(client, today, social_worker, make_received):
    request = make_received("LT-1")
    url = request.get_absolute_url()
    client.force_login(social_worker)
    assert "Page and paper that say where the laptop is" in client.get(url).content.decode()
    for _press in range(2):
        client.post(f"{url}open-tracking-link/")
    first = TrackingLink.objects.get()
    assert f"/track/{first.token}/" in client.get(f"{url}tracking/").content.decode()
    assert "stops working at once" in client.get(f"{url}replace-tracking-link/").content.decode()
    client.post(f"{url}replace-tracking-link/")
    second = TrackingLink.objects.open().get()
    assert second.token != first.token
    client.post(f"{url}close-tracking-link/")
    assert not TrackingLink.objects.open().exists()
    verbs = [step.verb for step in request.steps.all()][1:]
    assert verbs == ["open_tracking_link", "replace_tracking_link", "close_tracking_link"]
    with pytest.raises(Refused, match="closed already"):
        tracking.replace_tracking_link(first, by=social_worker)


def test_only_the_organisation_itself_gives_it(dispatcher, make_received):
    with pytest.raises(Refused, match="Only the organisation itself"):
        tracking.open_tracking_link(make_received("LT-1"), by=dispatcher)


@pytest.mark.parametrize("language", ["de", "fr", "it", "en", "uk", "ar"])
def test_the_paper_has_the_code_the_number_and_no_name(client, link, social_worker, language):
    link.request.recipient.language = language
    link.request.recipient.save()
    client.force_login(social_worker)
    url = f"{link.request.get_absolute_url()}tracking-slip.pdf"
    assert "The PDF is being made." in client.get(url).content.decode()
    client.get(url)
    jobs.run(Job.objects.get().pk)
    content = b"".join(client.get(url).streaming_content)
    (page,) = pypdfium2.PdfDocument(content)
    (code,) = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())
    assert code.text.endswith(f"/track/{link.token}/")
    text = page.get_textpage().get_text_range()
    assert link.request.number in text and link.request.recipient.last_name not in text
    assert over_the_edge(content) == []
