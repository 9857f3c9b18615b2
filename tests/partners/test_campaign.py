"""Who has not signed the current agreement is asked again; a wrong signature is set aside."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.models import Agreement, AgreementReminder, AgreementVersion
from records import clock
from records.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
PUBLISHED = datetime(2026, 10, 1, 8, tzinfo=UTC)


@pytest.fixture
def version(partner):
    """A version that all sign until DAY; `partner` has signed the one before."""
    with clock.set_to(PUBLISHED):
        actions.publish_first_version()
        bodies = {text.language: text.body for text in AgreementVersion.objects.get().texts.all()}
        return actions.publish_version("2027.1", bodies, sign_by=DAY, by=None)


@pytest.fixture
def manager(make_user, partner):
    user = make_user("nina@muster.example.org")
    user.memberships.create(partner=partner, role="manager")
    return user


def reminded(version):
    return [(reminder.partner.name, reminder.kind) for reminder in version.reminders.order_by("pk")]


def send_the_mail():
    run(Job.objects.filter(kind="documents.send_mail").latest("pk").pk)


def on(day):
    return clock.set_to(PUBLISHED.replace(month=day.month, day=day.day, hour=9))


def test_the_clock_reminds_two_weeks_and_three_days_before_and_once_after_the_day(version, partner):
    days = {-15: [], -14: ["first"], -13: ["first"], -3: ["first", "last"], 0: ["first", "last"]}
    days |= {1: ["first", "last", "late"], 2: ["first", "last", "late"]}
    for days_after, kinds in days.items():
        with on(DAY + timedelta(days=days_after)):
            actions.remind_by_the_clock()
            actions.remind_by_the_clock()
        assert reminded(version) == [(partner.name, kind) for kind in kinds]
    assert Mail.objects.filter(kind="partners.remind_to_sign").count() == 3
    assert [step.title for step in partner.steps.filter(verb="remind_to_sign")] == ["Reminded to sign"] * 3


def test_nobody_is_reminded_who_has_signed_ended_or_was_asked_only_just_now(version, partner, admin):
    signed, ended = factories.active_partner("Gemeinde Alt"), factories.active_partner("Gemeinde Neu")
    signed.agreements.create(version="2027.1", signed_on=DAY, signed_by="Eva Roth")
    actions.end(ended, by=admin)
    with on(DAY):
        actions.remind_by_the_clock()
    assert reminded(version) == [(partner.name, "last")]
    with clock.set_to(PUBLISHED + timedelta(days=1)):
        bodies = {text.language: text.body for text in version.texts.all()}
        newest = actions.publish_version("2027.2", bodies, sign_by=clock.today() + timedelta(days=2), by=admin)
        actions.remind_by_the_clock()
    assert not newest.reminders.exists()


def test_an_admin_reminds_all_or_one_and_each_once_a_day(client, version, partner, admin):
    other = factories.active_partner("Gemeinde Alt")
    client.force_login(admin)
    url = "/partners/agreement-versions/2027.1/remind-to-sign/"
    assert "Remind 2 organisations?" in client.get(url).content.decode()
    assert f"Remind {other}?" in client.get(f"{url}?partner={other.pk}").content.decode()
    assert not version.reminders.exists()
    for nobody in ("", "0", "x", "999999"):
        client.post(f"{url}?partner={nobody}")
    assert not version.reminders.exists()
    page = client.post(f"{url}?partner={other.pk}", follow=True).content.decode()
    assert "1 organisation is reminded." in page and "Reminded on" in page
    assert "Today 1 was reminded already." in client.get(url).content.decode()
    assert "1 organisation is reminded." in client.post(url, follow=True).content.decode()
    assert "0 organisations are reminded." in client.post(url, follow=True).content.decode()
    assert sorted(reminded(version)) == sorted([(other.name, "by_hand"), (partner.name, "by_hand")])


def test_the_reminder_goes_to_the_manager_until_it_is_signed(version, partner, manager):
    with on(DAY + timedelta(days=1)):
        actions.remind_by_the_clock()
    send_the_mail()
    assert [message.to for message in mail.outbox] == [["nina@muster.example.org"]]
    assert "The day to sign it was 30.11.2026." in mail.outbox[0].body
    partner.agreements.create(version="2027.1", signed_on=DAY, signed_by="Nina Aebi")
    Mail.objects.plan("partners.remind_to_sign", AgreementReminder.objects.get())
    send_the_mail()
    assert len(mail.outbox) == 1


def test_the_page_of_a_version_tells_who_signed_who_waits_and_who_not(client, version, partner, manager, admin):
    waiting, signed = factories.active_partner("Gemeinde Alt"), factories.active_partner("Gemeinde Neu")
    waiting.agreements.create(version="2027.1", signed_on="2026-10-05", signed_by="Eva Roth")
    signed.agreements.create(version="2027.1", signed_on="2026-10-06", signed_by="=Ida", countersigned_at=PUBLISHED)
    client.force_login(admin)
    pages = {
        show: client.get(f"/partners/agreement-versions/2027.1/?show={show}").content.decode()
        for show in ("unsigned", "waiting", "signed", "nonsense")
    }
    for show, shown in {"unsigned": partner, "waiting": waiting, "signed": signed, "nonsense": partner}.items():
        others = {partner, waiting, signed} - {shown}
        assert shown.name in pages[show] and not any(other.name in pages[show] for other in others)
    assert "nina@muster.example.org" in pages["unsigned"]
    lines = client.get("/partners/agreement-versions/2027.1/signatures.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Organisation;Postcode;Town;Contact;Signed on;Signed by;Countersigned;Reminded on"
    assert sorted(lines[1:]) == sorted(
        [
            f"{partner.name};{partner.postcode};{partner.town};{manager}, {manager.email};;;;",
            "Gemeinde Alt;3400;Burgdorf;;2026-10-05;Eva Roth;;",
            "Gemeinde Neu;3400;Burgdorf;;2026-10-06;'=Ida;2026-10-01;",
        ]
    )


def test_what_is_no_number_of_a_version_is_404(client, admin, version):
    client.force_login(admin)
    for number in ("2099.1", "2027.1%00", "x" * 21):
        for rest in ("", "signatures.csv", "remind-to-sign/"):
            assert client.get(f"/partners/agreement-versions/{number}/{rest}").status_code == 404


def test_after_the_day_it_is_a_task_until_all_have_signed(client, version, partner, admin):
    client.force_login(admin)
    words = "Organisation has let the day to sign pass"
    assert (version.sign_by < clock.today()) == (words in client.get("/home/").content.decode())
    partner.agreements.create(version="2027.1", signed_on=DAY, signed_by="Nina Aebi")
    assert words not in client.get("/home/").content.decode()


def test_a_manager_finds_the_signature_among_todays_tasks_until_it_is_given(
    client, version, partner, manager, make_user
):
    accounting = make_user("eva@muster.example.org")
    accounting.memberships.create(partner=partner, role="accounting")
    for user, is_asked in ((manager, True), (accounting, False)):
        client.force_login(user)
        page = client.get("/home/").content.decode()
        assert (f'href="/partners/{partner.pk}/sign/"' in page) == is_asked
    partner.agreements.create(version="2027.1", signed_on="2026-10-05", signed_by="Nina")
    client.force_login(manager)
    assert "Framework agreement to sign" not in client.get("/home/").content.decode()


@pytest.mark.parametrize(("status", "is_asked"), [("admitted", True), ("suspended", False), ("active", False)])
def test_where_not_all_are_asked_only_who_joins_finds_it(client, partner, manager, status, is_asked):
    actions.publish_first_version()
    type(partner).objects.filter(pk=partner.pk).update(status=status)
    client.force_login(manager)
    assert ("Framework agreement to sign" in client.get("/home/").content.decode()) == is_asked


def test_a_wrong_signature_is_set_aside_and_another_one_may_be_signed(client, version, partner, manager, admin):
    wrong = partner.agreements.create(
        version="2027.1", signed_on="2026-10-05", signed_by="Praktikant", signed_by_user=manager
    )
    client.force_login(admin)
    url = f"/partners/agreements/{wrong.pk}/set-aside/"
    assert "Set the signature aside?" in client.get(url).content.decode()
    assert 'class="wg-error"' in client.post(url).content.decode()
    assert client.post(url, {"reason": "not_authorised"}).status_code == 302
    wrong.refresh_from_db()
    assert (wrong.set_aside_by, wrong.set_aside_reason, wrong.is_countersigned) == (admin, "not_authorised", False)
    assert actions.set_aside(wrong, reason="wrong_data", by=admin) is False
    with pytest.raises(Refused, match="is set aside"):
        actions.countersign(wrong, by=admin)
    assert not Agreement.objects.to_countersign().exists()
    assert partner in version.unsigned()
    send_the_mail()
    assert "Whoever signed has no authority to sign." in mail.outbox[-1].body
    client.force_login(manager)
    page = client.get(partner.get_absolute_url()).content.decode()
    assert "Whoever signed has no authority to sign" in page and "You: sign the agreement" in page
    again = partner.agreements.create(version="2027.1", signed_on="2026-10-09", signed_by="Nina Aebi")
    assert list(Agreement.objects.to_countersign()) == [again]


def test_what_is_countersigned_is_not_set_aside(client, partner, admin):
    agreement = partner.agreements.get()
    with pytest.raises(Refused, match="countersigned already"):
        actions.set_aside(agreement, reason="wrong_data", by=admin)
    client.force_login(admin)
    url = f"/partners/agreements/{agreement.pk}/"
    assert "Set aside" not in client.get(url).content.decode()
    assert client.get(f"{url}set-aside/").url == url


def test_a_signature_that_a_later_one_overtook_waits_no_more(partner):
    old = partner.agreements.create(version="2026.9", signed_on="2026-09-01", signed_by="Nina Aebi")
    assert list(Agreement.objects.to_countersign()) == [old]
    new = partner.agreements.create(version="2027.1", signed_on="2026-10-01", signed_by="Nina Aebi")
    assert list(Agreement.objects.to_countersign()) == [new]
