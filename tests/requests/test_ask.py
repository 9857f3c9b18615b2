"""A person asks an organisation for a laptop by its link: on a phone, without script, in six languages."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from documents.models import Mail
from jobs import actions as jobs
from jobs.models import Job
from partners import actions as partners
from partners.models import Locality
from records import clock
from requests import actions, intake
from requests.models import DeviceRequest, RequestDraft
from tests import factories
from web import bots

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": {"first_name": "Мар'яна", "last_name": "Коваль"},
    "year": {"birth_year": "1989"},
    "address": {"street": "Mühlegasse", "house_number": "11b", "postcode": "3400", "town": "Burgdorf"},
    "phone": {"mobile": "079 123 45 67"},
    "purpose": {"purpose": "school"},
}


@pytest.fixture(autouse=True)
def no_limits_before():
    cache.clear()


@pytest.fixture
def link(partner, admin):
    partner.email = "office@example.org"
    partner.save()
    return partners.open_intake_link(partner, by=admin)


@pytest.fixture
def at(link):
    """The address of one of the pages."""

    def at(page="", code="en"):
        return f"/ask/{link.token}/{code}/{page}{'/' if page else ''}"

    return at


@pytest.fixture
def answer(client, at):
    """Answer all questions, one a page; gives the page on which they are checked."""

    def answer(code="en", **other):
        for name, typed in (ANSWERS | other).items():
            if typed is None:
                continue
            following = client.post(at(name, code), typed)
            assert following.status_code == 302, name
        assert following.url == at("check", code)
        return client.get(following.url)

    return answer


@pytest.fixture
def send(client, at, monkeypatch):
    """Press "Send", having seen what the page shows, as slowly as a person."""

    def send(code="en", **other):
        page = client.get(at("check", code)).content.decode()
        fields = dict(re.findall(r'name="(seen|shown)" value="([^"]*)"', page))
        with monkeypatch.context() as patched:
            patched.setattr(bots, "QUICKEST", 0)
            return client.post(at("check", code), fields | other)

    return send


def test_a_person_asks_and_the_organisation_has_a_received_request(client, at, answer, send, partner, link):
    page = answer("uk").content.decode()
    assert 'lang="uk"' in page and "Мар&#x27;яна" in page
    assert not DeviceRequest.objects.exists()
    assert send("uk").url == at("sent", "uk")
    found = DeviceRequest.objects.get()
    person = found.recipient
    assert (found.status, found.partner, found.owner, found.intake_link) == ("received", partner, None, link)
    assert (found.commune, found.bill_to, found.case_reference, found.purpose) == (None, None, "", "school")
    assert (person.name, person.birth_year, str(person.mobile)) == ("Мар'яна Коваль", 1989, "+41791234567")
    assert (person.street, person.town, person.language) == ("Mühlegasse", "Burgdorf", "uk")
    assert [(step.verb, step.by) for step in found.steps.all()] == [("receive", None)]
    assert not RequestDraft.objects.exists()
    shown = client.get(at("sent", "uk")).content.decode()
    assert found.number in shown and "Коваль" not in shown
    assert f"/track/{found.tracking_links.get().token}/uk/" in shown


def test_sent_twice_is_sent_once_and_the_way_back_leads_to_the_number(client, link, at, answer, send):
    answer()
    draft = RequestDraft.objects.get()
    send()
    for page in ("name", "purpose", "check", ""):
        assert client.get(at(page)).url == at("sent")
    assert client.post(at("check"), {}).url == at("sent")
    again = intake.send_answers(link, draft, seen="", recipient={}, purpose="school")  # the other of two presses
    assert again == DeviceRequest.objects.get()


def test_the_office_gets_a_mail_that_says_nothing_of_the_person(answer, send, mailoutbox):
    answer()
    send()
    found = DeviceRequest.objects.get()
    jobs.run(Job.objects.get(kind="documents.send_mail").pk)
    (mail,) = mailoutbox
    assert mail.to == ["office@example.org"]
    assert f"/requests/{found.number}/" in mail.body
    for said in (mail.subject, mail.body, mail.alternatives[0][0]):
        assert "Коваль" not in said and "Burgdorf" not in said


def test_an_office_without_an_address_gets_none(answer, send, partner):
    partner.email = ""
    partner.save()
    answer()
    send()
    assert not Mail.objects.exists()


def test_what_was_written_stays_on_the_way_back_and_changes_from_the_check_page(client, at, answer):
    answer()
    assert 'value="1989"' in client.get(at("year")).content.decode()
    assert client.post(f"{at('year')}?change", {"birth_year": "1990"}).url == at("check")
    assert "1990" in client.get(at("check")).content.decode()


def test_one_goes_on_where_one_stopped(client, at):
    client.post(at("name"), ANSWERS["name"])
    page = client.get(at()).content.decode()
    assert "That was me: go on" in page and at("year") in page
    assert "Коваль" not in page
    assert client.get(at("check")).url == at("year")


def test_who_comes_next_starts_anew_and_finds_nothing(client, at, answer, send):
    client.post(at("name"), ANSWERS["name"])
    assert client.post(at("anew")).url == at()
    assert not RequestDraft.objects.exists()
    assert "Коваль" not in client.get(at("name")).content.decode()
    answer()
    send()
    client.post(at("anew"))
    assert "Start" in client.get(at()).content.decode()
    assert "no-store" in client.get(at("name"))["Cache-Control"]
    answer(name={"first_name": "Jonas", "last_name": ""})
    send()
    assert [row.recipient.short_name for row in DeviceRequest.objects.order_by("pk")] == ["М. Коваль", "Jonas"]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("name", {"first_name": "-", "last_name": ""}, "Write your name with letters."),
        ("name", {"first_name": "Anna\u202eanna", "last_name": "X"}, "Write your name with letters."),
        ("year", {"birth_year": "89"}, "Write the year with four digits"),
        ("year", {"birth_year": "2999"}, "Write the year with four digits"),
        ("address", ANSWERS["address"] | {"street": ""}, "Write the name of the street."),
        ("address", ANSWERS["address"] | {"postcode": "0000"}, "We do not know this postcode."),
        ("address", ANSWERS["address"] | {"postcode": "34"}, "We do not know this postcode."),
        ("phone", {"mobile": "12"}, "This is no phone number."),
        ("purpose", {}, "Choose one."),
    ],
)
def test_what_can_not_be_taken_is_said_and_nothing_typed_is_lost(client, at, commune, name, typed, sentence):
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    page = client.post(at(name), typed).content.decode()
    assert sentence in page and 'role="alert"' in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert not RequestDraft.objects.exists()


def test_year_and_phone_may_stay_empty(answer, send):
    answer(year={"birth_year": ""}, phone={"mobile": ""})
    send()
    person = DeviceRequest.objects.get().recipient
    assert (person.birth_year, str(person.mobile)) == (None, "")


def test_where_the_laptop_comes_to_the_office_nobody_asks_for_the_address(client, at, answer, send, partner):
    partner.delivery = "office"
    partner.save()
    assert "Question 1 of 4" in client.get(at("name")).content.decode()
    assert client.get(at("address")).status_code == 404
    answer(address=None)
    send()
    assert DeviceRequest.objects.get().recipient.street == partner.street


@pytest.mark.parametrize(
    ("code", "direction", "words"),
    [
        ("de", "", "Wie heissen Sie?"),
        ("fr", "", "Comment vous appelez-vous"),
        ("it", "", "Come si chiama?"),
        ("en", "", "What is your name?"),
        ("uk", "", "Як вас звати?"),
        ("ar", "rtl", "ما اسمك؟"),
    ],
)
def test_each_page_speaks_its_language(client, at, code, direction, words):
    answer = client.get(at("name", code), headers={"Accept-Language": "de"})
    page = answer.content.decode()
    assert words in page and f'<html lang="{code}"' in page
    assert ('dir="rtl"\n' in page.partition("<head>")[0]) is bool(direction)
    assert answer["Content-Language"] == code


def test_the_first_page_speaks_as_the_browser_does_and_offers_what_is_read_over(client, link, settings):
    page = client.get(f"/ask/{link.token}/", headers={"Accept-Language": "uk-UA,de;q=0.5"}).content.decode()
    assert '<html lang="uk"' in page and f"/ask/{link.token}/ar/" in page
    settings.RECIPIENT_LANGUAGES = ["de", "fr"]
    page = client.get(f"/ask/{link.token}/", headers={"Accept-Language": "uk-UA"}).content.decode()
    assert '<html lang="de"' in page and "Українська" not in page
    assert client.get(f"/ask/{link.token}/uk/").status_code == 404


def test_no_other_link_and_no_other_page_is_there(client, at):
    for path in ("/ask/abcd-abcd-abcd-abcd/", "/ask/abcd-abcd-abcd-abcd/de/check/", at("secret"), at("name", "xx")):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("how", ["closed", "replaced", "suspended", "ended"])
def test_a_link_that_takes_nothing_says_kindly_what_to_do_and_not_why(
    client, at, answer, send, partner, admin, link, how
):
    answer()
    page = client.get(at("check")).content.decode()
    if how in ("closed", "replaced"):
        {"closed": partners.close_intake_link, "replaced": partners.replace_intake_link}[how](link, by=admin)
    else:
        {"suspended": partners.suspend, "ended": partners.end}[how](partner, by=admin)
    for name in ("", "name", "check"):
        said = client.get(at(name)).content.decode()
        assert "Please call or go there." in said and partner.name in said
        assert not re.search("suspend|ended|closed|replaced", said)
    client.post(at("name"), ANSWERS["name"])
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    client.post(at("check"), {"seen": seen})
    assert not DeviceRequest.objects.exists()
    sentence = "Nobody can ask by this link"
    with pytest.raises(intake.Refused, match=sentence):
        intake.send_answers(link, RequestDraft.objects.get(), seen=seen, recipient={}, purpose="school")


def test_what_was_changed_in_another_tab_is_looked_at_first(client, at, answer, send):
    answer()
    page = send(seen="of something else").content.decode()
    assert "It has not been sent yet." in page
    assert not DeviceRequest.objects.exists()


@pytest.mark.parametrize("trap", [{"website": "https://example.org"}, {"shown": "made up"}])
def test_a_program_sends_nothing_and_a_person_who_was_too_quick_presses_once_more(answer, send, trap):
    answer()
    assert "It has not been sent yet." in send(**trap).content.decode()
    assert not DeviceRequest.objects.exists()
    send()
    assert DeviceRequest.objects.count() == 1


def test_who_presses_too_often_waits_and_keeps_what_was_typed(client, at, settings, link, partner, admin):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"ask_page": "1/m/key"}
    client.post(at("name"), ANSWERS["name"])
    page = client.post(at("year"), {"birth_year": "1989"}).content.decode()
    assert "That was too often." in page and 'value="1989"' in page
    answered = RequestDraft.objects.get().answers
    assert "birth_year" not in answered
    another = partners.replace_intake_link(link, by=admin)  # counted by place and link
    assert client.post(f"/ask/{another.token}/en/name/", ANSWERS["name"]).status_code == 302


def test_a_cookie_opens_no_draft_of_a_colleague_or_of_another_link(client, at, link, social_worker, partner, stranger):
    theirs = RequestDraft.objects.create(partner=partner, owner=social_worker, answers=ANSWERS["name"])
    other = stranger.memberships.first().partner
    another = partners.open_intake_link(other, by=stranger)
    persons = RequestDraft.objects.create(partner=other, link=another, answers=ANSWERS["name"] | {"asked": ["name"]})
    for token in (theirs.token, persons.token, "nonsense"):
        client.cookies["ask"] = str(token)
        assert "Коваль" not in client.get(at("name")).content.decode()
    client.force_login(social_worker)
    assert client.get(f"/requests/new/{persons.token}/").status_code == 404


def test_what_a_person_left_is_gone_after_a_day(client, at, link):
    client.post(at("name"), ANSWERS["name"])
    cookie = client.cookies["ask"]
    assert (cookie["max-age"], cookie["path"], bool(cookie["httponly"])) == (86400, f"/ask/{link.token}/", True)
    RequestDraft.objects.update(saved_at=clock.now() - timedelta(hours=23))
    actions.delete_old_drafts()
    assert RequestDraft.objects.exists()
    RequestDraft.objects.update(saved_at=clock.now() - timedelta(hours=25))
    actions.delete_old_drafts()
    assert not RequestDraft.objects.exists()


def test_no_page_shows_what_only_its_person_wrote_to_a_colleagues_list_of_drafts(client, at, social_worker):
    client.post(at("name"), ANSWERS["name"])
    client.force_login(social_worker)
    assert "Коваль" not in client.get("/requests/drafts/").content.decode()


def test_the_social_worker_finds_it_on_the_home_page_and_in_the_list(client, answer, send, social_worker):
    answer()
    send()
    number = DeviceRequest.objects.get().number
    client.logout()
    client.force_login(social_worker)
    assert "Request waits for your decision" in client.get("/home/").content.decode()
    page = client.get("/requests/?view=needs-us").content.decode()
    assert number in page and "By the link" in page
    page = client.get(f"/requests/{number}/").content.decode()
    assert f"/requests/{number}/complete/" in page and "through your link" in page
    assert f"/requests/{number}/approve/" not in page


def test_one_that_an_organisation_has_entered_says_nothing_of_a_link(client, partner, social_worker):
    factories.receive(partner, by=social_worker)
    client.force_login(social_worker)
    assert "By the link" not in client.get("/requests/?view=all").content.decode()
