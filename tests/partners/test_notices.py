"""Notices: who reads them, in which language, as a banner and by mail, until when."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.models import Commune, Membership, Notice, NoticeDismissal, NoticeText, Partner
from records import clock
from records.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = {
    "de": ("Über die Feiertage geschlossen", "Vom 24. bis 31. Dezember geht kein Paket ab."),
    "fr": ("Fermé pendant les fêtes", "Aucun colis ne part du 24 au 31 décembre."),
}
DAY = timedelta(days=1)


@pytest.fixture
def write(admin):
    """A draft to some audience."""

    def write(audience="everybody", words=WORDS, **columns):
        days = {"from_on": clock.today(), "until_on": clock.today() + 7 * DAY}
        return actions.create_notice(days | {"audience": audience} | columns, words, by=admin)

    return write


@pytest.fixture
def publish(write, admin):
    def publish(*args, **columns):
        notice = write(*args, **columns)
        actions.publish_notice(notice, by=admin)
        return notice

    return publish


@pytest.fixture
def people(make_user, partner, commune, admin, volunteer):
    """Somebody of each role in organisations of each status, kind and canton; and of the association."""
    partner.coverage.create(commune=commune)
    geneva = Commune.objects.create(bfs_no=6621, name="Genève", canton="GE", language="fr")
    abroad = factories.active_partner("Hospice général", postcode="1204", town="Genève", kind="canton")
    abroad.coverage.create(commune=geneva)
    left = factories.active_partner("Weggezogen", postcode="3401", town="Burgdorf")
    left.coverage.create(commune=commune, valid_from=clock.today() - 9 * DAY, valid_to=clock.today())
    found = {"admin": admin, "volunteer": volunteer}
    for place, where in (("be", partner), ("ge", abroad), ("left", left)):
        for role in ("manager", "social_worker", "accounting"):
            name = f"{role}.{place}"
            found[name] = make_user(f"{name}@example.org")
            Membership.objects.create(user=found[name], partner=where, role=role)
    for status in ("suspended", "ended"):
        closed = factories.active_partner(f"Dienst {status}", kind="canton")
        closed.coverage.create(commune=commune)
        Partner.objects.filter(pk=closed.pk).update(status=status)
        found[status] = make_user(f"{status}@example.org")
        Membership.objects.create(user=found[status], partner=closed, role="manager")
    for name, column in (("invited", {"accepted_at": None}), ("gone", {"ended_at": clock.now()})):
        found[name] = make_user(f"{name}@example.org")
        Membership.objects.create(user=found[name], partner=partner, role="manager", **column)
    found["locked"] = make_user("locked@example.org", is_active=False)
    Membership.objects.create(user=found["locked"], partner=partner, role="manager")
    return found


ASSOCIATION = {"admin", "volunteer"}
BE = {"manager.be", "social_worker.be", "accounting.be"}
GE = {"manager.ge", "social_worker.ge", "accounting.ge"}
LEFT = {"manager.left", "social_worker.left", "accounting.left"}
TAKING_PART = BE | GE | LEFT | {"suspended"}
WITHOUT_ACCESS = {"ended", "invited", "gone"}  # they sign in, and see what every visitor sees
AUDIENCES = {
    "everybody": ({}, ASSOCIATION | TAKING_PART),
    "organisations": ({}, TAKING_PART),
    "manager": ({}, {"manager.be", "manager.ge", "manager.left", "suspended"}),
    "social_worker": ({}, {"social_worker.be", "social_worker.ge", "social_worker.left"}),
    "accounting": ({}, {"accounting.be", "accounting.ge", "accounting.left"}),
    "kind": ({"kind": "canton"}, GE | {"suspended"}),
    "cantons": ({"cantons": ["BE", "VD"]}, BE | {"suspended"}),
    "association": ({}, ASSOCIATION),
}


@pytest.mark.parametrize("audience", Notice.Audience.values)
def test_a_notice_is_shown_to_those_it_is_for_and_to_nobody_else(publish, client, people, audience):
    columns, meant = AUDIENCES[audience]
    publish(audience, **columns)
    seeing = meant | (WITHOUT_ACCESS if audience == "everybody" else set())
    found = set()
    for name, user in people.items():
        client.force_login(user)
        if "Über die Feiertage geschlossen" in client.get("/appearance/").content.decode():
            found.add(name)
    client.logout()
    assert found == seeing
    assert ("Über die Feiertage" in client.get("/contact/").content.decode()) == (audience == "everybody")


@pytest.mark.parametrize("audience", Notice.Audience.values)
def test_its_mail_goes_to_whom_it_is_for_once_each(publish, people, audience, partner):
    columns, meant = AUDIENCES[audience]
    Membership.objects.create(user=people["manager.be"], partner=partner, role="social_worker")
    both = meant | ({"manager.be"} if audience == "social_worker" else set())
    publish(audience, by_mail=True, **columns)
    assert sorted(Mail.objects.values_list("reader__email", flat=True)) == sorted(people[name].email for name in both)
    assert Job.objects.filter(kind="documents.send_mail").count() == len(both)


def test_the_mail_speaks_the_readers_language_or_the_first_there_is(publish, make_user, partner, mailoutbox):
    for language in ("fr", "it"):
        user = make_user(f"{language}@example.org", language=language)
        Membership.objects.create(user=user, partner=partner, role="manager")
    publish("organisations", by_mail=True)
    for job in Job.objects.filter(kind="documents.send_mail"):
        run(job.pk)
    subjects = {mail.to[0]: mail.subject for mail in mailoutbox}
    assert subjects == {"fr@example.org": WORDS["fr"][0], "it@example.org": WORDS["de"][0]}
    assert {NoticeText.objects.get(pk=row.key).language for row in Mail.objects.all()} == {"fr", "de"}
    assert {row.outcome for row in Mail.objects.all()} == {"sent"}


def test_publishing_twice_is_as_publishing_once(write, admin, social_worker):
    notice = write("organisations", by_mail=True)
    assert [actions.publish_notice(Notice.objects.get(), by=admin) for _time in range(2)] == [True, False]
    assert (Mail.objects.count(), notice.steps.count()) == (1, 1)
    batch = Notice.objects.get().batch
    assert batch.progress() == {"done": 0, "dead": 0, "total": 1, "over": False}


def test_a_thousand_mails_are_planned_in_a_few_statements(write, admin, partner):
    people = Membership._meta.get_field("user").related_model.objects.create_many(
        {f"n{n}@example.org": Membership._meta.get_field("user").related_model(name="N") for n in range(30)}
    )
    Membership.objects.bulk_create(Membership(user=user, partner=partner, role="manager") for user in people)
    notice = write("manager", by_mail=True)
    with CaptureQueriesContext(connection) as captured:
        actions.publish_notice(notice, by=admin)
    assert Mail.objects.count() == 30
    assert sum(query["sql"].startswith("INSERT") for query in captured) == 4  # step, batch, mails, jobs


@pytest.mark.parametrize(
    "spoil",
    [
        lambda notice, user, admin: actions.withdraw_notice(notice, by=admin),
        lambda notice, user, admin: Notice.objects.update(until_on=clock.today() - DAY, from_on=clock.today() - DAY),
        lambda notice, user, admin: user.memberships.update(ended_at=clock.now()),
        lambda notice, user, admin: Partner.objects.filter(memberships__user=user).update(status="ended"),
        lambda notice, user, admin: Notice.objects.update(version=2) if write_second(notice, admin) else None,
    ],
    ids=["withdrawn", "over", "left", "ended", "other words"],
)
def test_a_mail_that_waits_is_not_sent_once_it_holds_no_longer(publish, admin, social_worker, mailoutbox, spoil):
    notice = publish("organisations", by_mail=True)
    spoil(notice, social_worker, admin)
    run(Job.objects.get(kind="documents.send_mail").pk)
    assert (mailoutbox, Mail.objects.get().outcome) == ([], "not_sent")


def write_second(notice, admin):
    return NoticeText.objects.create(notice=notice, version=2, language="de", title="x", body="x", by=admin)


def test_words_stay_as_they_are_while_they_are_being_mailed_and_change_after(publish, admin, social_worker):
    notice = publish("organisations", by_mail=True)
    days = {"until_on": notice.until_on + DAY}
    with pytest.raises(Refused, match="still going out"):
        actions.change_notice(notice, {}, WORDS | {"it": ("x", "x")}, by=admin)
    assert actions.change_notice(notice, days, WORDS, by=admin) is True
    run(Job.objects.get(kind="documents.send_mail").pk)
    assert actions.change_notice(notice, days, WORDS | {"it": ("x", "x")}, by=admin) is True
    assert actions.change_notice(notice, days, WORDS | {"it": ("x", "x")}, by=admin) is False
    assert Mail.objects.count() == 1  # nobody is mailed again
    assert NoticeText.objects.get(pk=Mail.objects.get().key).version == 1
    assert [step.verb for step in notice.steps.all()] == ["publish_notice", "change_notice", "change_notice"]


def test_put_away_it_stays_away_for_that_person_until_its_words_change(publish, client, admin, social_worker, people):
    notice = publish("organisations")
    client.force_login(social_worker)
    for _time in range(2):
        answer = client.post(f"/notices/{notice.pk}/dismiss/", headers={"referer": "http://testserver/appearance/"})
        assert (answer.status_code, answer.url) == (302, "/appearance/")
    assert NoticeDismissal.objects.count() == 1
    assert WORDS["de"][0] not in client.get("/appearance/").content.decode()
    client.force_login(people["manager.be"])
    assert WORDS["de"][0] in client.get("/appearance/").content.decode()
    assert client.post(f"/notices/{notice.pk}/dismiss/", headers={"HX-Request": "true"}).content == b""
    actions.change_notice(notice, {}, {"en": ("Closed", "Back in January.")}, by=admin)
    assert "Back in January." in client.get("/appearance/").content.decode()


def test_who_it_is_not_for_can_not_put_it_away(publish, client, social_worker, admin):
    notice = publish("association")
    client.force_login(social_worker)
    assert client.post(f"/notices/{notice.pk}/dismiss/").status_code == 404
    actions.withdraw_notice(notice, by=admin)
    client.force_login(admin)
    assert client.post(f"/notices/{notice.pk}/dismiss/").status_code == 404


@pytest.mark.parametrize(("first", "last", "is_shown"), [(-2, -1, False), (-1, 0, True), (0, 5, True), (1, 5, False)])
def test_it_is_shown_from_its_first_day_to_its_last(publish, client, social_worker, first, last, is_shown):
    notice = publish("everybody")
    Notice.objects.filter(pk=notice.pk).update(from_on=clock.today() + first * DAY, until_on=clock.today() + last * DAY)
    caches["figures"].clear()
    pages = [client.get("/contact/").content.decode()]
    client.force_login(social_worker)
    pages.append(client.get("/appearance/").content.decode())
    assert [WORDS["de"][0] in page for page in pages] == [is_shown, is_shown]


def test_a_page_without_a_notice_costs_no_statement_and_one_with_a_notice_one_a_minute(
    publish, client, social_worker, people
):
    client.force_login(social_worker)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get("/appearance/")
        return len(captured)

    assert statements() == 1
    notice = publish("organisations")
    assert [statements(), statements()] == [2, 1]
    client.force_login(people["social_worker.be"])  # who is alike to it
    assert statements() == 1
    client.force_login(people["manager.be"])
    assert statements() == 2
    client.force_login(social_worker)
    client.post(f"/notices/{notice.pk}/dismiss/")
    assert statements() == 1
    client.logout()
    client.get("/contact/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/contact/")
    assert len(captured) == 0


def test_other_words_another_language_and_an_end_count_at_once(publish, client, social_worker, admin):
    notice = publish("organisations")
    client.force_login(social_worker)

    def page():
        return client.get("/appearance/").content.decode()

    assert WORDS["de"][0] in page()
    social_worker.language = "fr"
    social_worker.save()
    assert WORDS["fr"][0] in page()
    actions.change_notice(notice, {}, WORDS | {"fr": ("Fermé", "De retour en janvier.")}, by=admin)
    assert "De retour en janvier." in page()
    actions.withdraw_notice(notice, by=admin)
    assert "De retour en janvier." not in page()


def test_a_member_of_two_organisations_reads_what_is_for_the_one_acted_for(publish, client, social_worker, people):
    ge = people["manager.ge"].memberships.get().partner
    Membership.objects.create(user=social_worker, partner=ge, role="manager")
    publish("cantons", cantons=["GE"])
    client.force_login(social_worker)
    assert WORDS["de"][0] not in client.get("/appearance/").content.decode()
    client.post("/partners/act-for/", {"partner": ge.pk})
    assert WORDS["de"][0] in client.get("/appearance/").content.decode()


def test_the_map_that_is_kept_for_all_shows_what_everybody_is_told_and_nobodys_own(publish, client, social_worker):
    assert WORDS["de"][0] not in client.get("/map/").content.decode()
    notice = publish("everybody")
    caches["figures"].clear()
    assert WORDS["fr"][0] in client.get("/map/", headers={"Accept-Language": "fr"}).content.decode()
    client.force_login(social_worker)
    assert WORDS["de"][0] not in client.get("/map/").content.decode()
    actions.withdraw_notice(notice, by=notice.made_by)
    client.logout()
    caches["figures"].clear()
    assert WORDS["fr"][0] not in client.get("/map/", headers={"Accept-Language": "fr"}).content.decode()


FORM = {
    "audience": "manager",
    "from_on": "2099-01-01",
    "until_on": "2099-01-31",
    "tone": "warning",
    "by_mail": "on",
    "title_de": "Neuer Preis",
    "body_de": "Ab Januar: https://example.org/preis <b>",
}


def test_an_admin_writes_looks_and_publishes_it_and_is_told_the_numbers(client, admin, people):
    client.force_login(admin)
    page = client.post("/settings/notices/new/", FORM, follow=True).content.decode()
    notice = Notice.objects.get()
    assert notice.status == "draft"
    assert '<a href="https://example.org/preis" rel="nofollow">https://example.org/preis</a> &lt;b&gt;' in page
    assert page.count("Left out. Its readers get: Deutsch.") == 3
    page = client.get(f"/settings/notices/{notice.pk}/publish/").content.decode()
    assert "4 people in 4 organisations read it" in page
    assert "A mail goes out to 4 people now." in page
    page = client.post(f"/settings/notices/{notice.pk}/publish/", follow=True).content.decode()
    assert "0 of 4" in page
    page = client.get(f"/settings/notices/{notice.pk}/withdraw/").content.decode()
    assert "4 mails have not gone out and are not sent." in page
    client.post(f"/settings/notices/{notice.pk}/withdraw/")
    assert Notice.objects.get().status == "withdrawn"
    page = client.get(f"/settings/notices/new/?from={notice.pk}").content.decode()
    assert 'value="Neuer Preis"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title_de": ""}, "Write both, title and text, or neither."),
        ({"audience": "kind"}, "Choose the kind of organisation."),
        ({"audience": "cantons"}, "Choose at least one canton."),
        ({"until_on": "2098-01-01"}, "The last day comes before the first one."),
        ({"from_on": "2020-01-01", "until_on": "2020-01-02"}, "This day is over."),
        ({"audience": "x"}, "x is not one of the available choices"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_typed_is_lost(client, admin, wrong, sentence):
    client.force_login(admin)
    page = client.post("/settings/notices/new/", FORM | wrong | {"title_it": "Prezzo"}).content.decode()
    assert sentence in page
    assert 'value="Prezzo"' in page
    assert not Notice.objects.exists()


def test_a_notice_has_words_in_one_language_at_least(client, admin):
    client.force_login(admin)
    page = client.post("/settings/notices/new/", FORM | {"title_de": "", "body_de": ""}).content.decode()
    assert "Write title and text in one language at least." in page


def test_what_is_over_is_not_published_and_what_is_withdrawn_not_changed(write, admin):
    notice = write()
    Notice.objects.update(from_on=clock.today() - 2 * DAY, until_on=clock.today() - DAY)
    with pytest.raises(Refused, match="Its last day is over"):
        actions.publish_notice(notice, by=admin)
    actions.withdraw_notice(notice, by=admin)
    with pytest.raises(Refused, match="Write a new one from it"):
        actions.change_notice(notice, {}, WORDS, by=admin)


CHANGED = {"tone": "warning", "title_en": "New", "body_en": "y", "audience": "everybody"}


def test_of_what_is_published_words_and_days_change_and_never_the_audience(client, publish, admin):
    notice = publish("manager")
    client.force_login(admin)
    days = {"from_on": notice.from_on, "until_on": notice.until_on}
    page = client.get(f"/settings/notices/{notice.pk}/change/").content.decode()
    assert 'name="audience"' not in page
    client.post(f"/settings/notices/{notice.pk}/change/", days | CHANGED)
    notice.refresh_from_db()
    assert (notice.audience, notice.tone, notice.version, str(notice)) == ("manager", "warning", 2, "New")
    page = client.get(notice.get_absolute_url()).content.decode()
    assert "Earlier words" in page
