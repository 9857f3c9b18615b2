"""Notice: an agreement ends on a day that is known, and until then all goes on."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail

from documents.models import Mail
from documents.templatetags.swiss import day as shown
from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.models import Partner
from partners.notice_period import is_possible, next_ends
from records import clock
from records.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(make_user, partner):
    user = make_user("nina@muster.example.org", language="fr")
    user.memberships.create(partner=partner, role="manager")
    user.acting_for = partner
    return user


def at(year, month, day):
    return clock.set_to(datetime(year, month, day, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 12, 1), date(2027, 3, 31)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 11, 1), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2027, 1, 31), date(2027, 4, 30)),
    ],
)
def test_an_agreement_ends_with_a_month_three_months_later_at_the_earliest(today, first):
    ends = next_ends(today, 3)
    assert ends[0] == first
    assert all(is_possible(day, today) for day in ends)
    assert not is_possible(first.replace(day=1), today)


def test_a_manager_gives_notice_and_takes_it_back(client, partner, manager):
    client.force_login(manager)
    url = f"/partners/{partner.pk}/give-notice/"
    page = client.get(url).content.decode()
    days = next_ends(clock.today(), 12)
    assert all(f'<option value="{day}"' in page for day in days)
    assert client.post(url, {"ends_on": "2099-01-01", "requests": "leave"}).status_code == 200  # not one of them
    assert client.post(url, {"ends_on": days[1], "requests": "leave"}).status_code == 302
    partner.refresh_from_db()
    assert (partner.status, partner.ends_on, partner.end_reason) == ("active", days[1], "by_organisation")
    assert client.get(partner.get_absolute_url()).content.decode().count(shown(days[1])) >= 2
    client.post(f"/partners/{partner.pk}/take-back-notice/")
    partner.refresh_from_db()
    assert (partner.ends_on, partner.end_reason, partner.end_requests) == (None, "", "")
    assert [step.verb for step in partner.steps.order_by("pk")][-2:] == ["give_notice", "take_back_notice"]


def test_both_sides_read_it_by_mail_each_in_their_language(partner, manager, admin):
    actions.give_notice(partner, ends_on=next_ends(clock.today(), 1)[0], requests="leave", by=manager)
    for job in Job.objects.filter(kind="documents.send_mail"):
        run(job.pk)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([admin.email, manager.email])
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert "the agreement ends on" in subjects[admin.email]
    assert "prend fin" in subjects[manager.email]


def test_the_association_may_agree_on_another_day_and_only_it_takes_its_notice_back(partner, manager, admin):
    with at(2026, 12, 1):
        for day in (date(2027, 1, 31), date(2027, 3, 30)):
            with pytest.raises(Refused, match="three months"):
                actions.give_notice(partner, ends_on=day, requests="leave", by=manager)
        with pytest.raises(Refused, match="a day to come"):
            actions.give_notice(partner, ends_on=date(2026, 12, 1), requests="leave", by=admin)
        actions.give_notice(partner, ends_on=date(2026, 12, 24), requests="leave", by=admin)
        with pytest.raises(Refused, match="only it can take that back"):
            actions.take_back_notice(partner, by=manager)
        with pytest.raises(Refused, match="only it can take that back"):  # nor put off
            actions.give_notice(partner, ends_on=date(2027, 3, 31), requests="leave", by=manager)
        actions.take_back_notice(partner, by=admin)
    assert not Partner.objects.under_notice().exists()


def test_on_its_last_day_all_goes_on_and_on_the_next_one_it_has_ended(partner, admin):
    with at(2026, 12, 1):
        actions.give_notice(partner, ends_on=date(2026, 12, 31), requests="withdraw", by=admin)
    with at(2026, 12, 31):
        actions.end_due()
        partner.refresh_from_db()
        assert partner.is_active
    with at(2027, 1, 1):
        actions.end_due()
        actions.end_due()
    partner.refresh_from_db()
    assert (partner.status, partner.ends_on, partner.end_requests) == ("ended", None, "")
    last = partner.steps.get(verb="end")
    assert (last.by, last.reason, last.numbers) == (None, "by_association", {"requests": "withdraw"})
    assert Mail.objects.filter(kind="partners.ended").count() == 1


def test_who_ends_it_sooner_ends_the_notice_with_it(partner, admin):
    actions.give_notice(partner, ends_on=next_ends(clock.today(), 1)[0], requests="leave", by=admin)
    actions.end(partner, by=admin, reason="merged")
    partner.refresh_from_db()
    assert (partner.status, partner.ends_on) == ("ended", None)


def test_what_does_not_run_is_given_no_notice(client, partner, admin):
    actions.end(partner, by=admin)
    with pytest.raises(Refused, match="Only a running agreement"):
        actions.give_notice(partner, ends_on=next_ends(clock.today(), 1)[0], requests="leave", by=admin)
    client.force_login(admin)
    assert client.get(f"/partners/{partner.pk}/give-notice/").url == partner.get_absolute_url()
