import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext, override

from billing import actions
from billing.models import BankFile, BankTransaction, ChargeLine, CreditorAccount, Invoice, NoCharge
from billing.periods import cut_off, words_for
from jobs import actions as job_actions
from jobs.models import Batch, Job, LostClaim
from partners.models import BillTo
from requests.models import Allocation
from shipping.models import Round, RoundDate, Shipment
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/invoices/month-end/"
KASSE = {"postcode": "3400", "town": "Burgdorf", "email": "kasse@example.org"}
OCTOBER = {"month": "2026-10"}


def issue_all(client, drafts, token=None, **options):
    data = OCTOBER | {"token": token or uuid.uuid4(), "drafts": [draft.pk for draft in drafts]}
    return client.post(f"{PAGE}issue/", data, **options)


def work():
    """Do what waits, as the workers would, until nothing is left."""
    while due := list(Job.objects.due().order_by("pk")):
        for job in due:
            job_actions.run(job.pk)


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


class TestLooking:
    def test_the_dry_run_says_at_once_what_closing_would_do_and_writes_nothing(
        self, client, treasurer, bill_to, make_parcel
    ):
        make_parcel(bill_to)
        make_parcel(bill_to, "2026-09-02T08:00Z")
        client.force_login(treasurer)
        page = text_of(client.get(PAGE, OCTOBER))
        for words in (
            "Close October: 1 draft",
            "CHF 300.00",
            "1 late scan from earlier",
            "2 parcels for CHF 300.00.",
            "1 from earlier comes along.",
        ):
            assert words in page
        assert Invoice.objects.count() == 0

    def test_the_last_month_that_is_over_is_preset(self, client, treasurer):
        client.force_login(treasurer)
        month = client.get(PAGE).context["month"]
        assert cut_off(month).date().strftime("%Y-%m") == timezone.localdate().strftime("%Y-%m")

    @pytest.mark.parametrize(
        ("month", "parcels", "late"), [("2026-08", 1, 0), ("2026-09", 2, 1), ("2026-10", 2, 1), ("2026-05", 0, 0)]
    )
    def test_of_a_quarterly_unit_the_quarters_that_are_over_are_named(
        self, client, treasurer, bill_to, make_parcel, month, parcels, late
    ):
        BillTo.objects.update(cadence="quarter")
        make_parcel(bill_to, "2026-07-20T08:00Z")
        make_parcel(bill_to, "2026-06-20T08:00Z")
        make_parcel(bill_to, "2026-10-20T08:00Z")
        client.force_login(treasurer)
        dues = client.get(PAGE, {"month": month}).context["dues"]
        assert (sum(due.parcels for due in dues), sum(due.late for due in dues)) == (parcels, late)
        rows = client.get(f"{PAGE}{bill_to.pk}/", {"month": month}).context["parcels"]
        assert (len(rows), sum(row.is_late for row in rows)) == (parcels, late)

    def test_what_is_odd_is_named_first(self, client, treasurer, bill_to, make_parcel):
        parcel = make_parcel(bill_to)
        Shipment.objects.filter(pk=parcel.pk).update(status="returned")
        client.force_login(treasurer)
        checks = client.get(PAGE, OCTOBER).context["checks"]
        assert [check.state for check in checks] == sorted((c.state for c in checks), key=["bad", "warn", "ok"].index)
        assert checks[0].title == "No bank account holds today"
        assert "1 parcel came back or is lost" in [check.title for check in checks if check.state == "warn"]

    def test_a_parcel_that_came_back_is_named_until_it_is_free_or_issued(
        self, client, treasurer, bill_to, make_parcel, make_issued
    ):
        client.force_login(treasurer)

        def named(month):
            return "1 parcel came back or is lost" in text_of(client.get(PAGE, {"month": month}))

        draft = make_issued(bill_to)
        Shipment.objects.update(status="lost")
        assert not named("2026-10")  # it is on an issued invoice, to be credited there
        parcel = make_parcel(bill_to)
        Shipment.objects.filter(pk=parcel.pk).update(status="lost")
        assert named("2026-10")
        assert not named("2026-09")
        actions.close_bill_to(bill_to, draft.period, by=treasurer)
        assert named("2026-10")
        ChargeLine.objects.filter(shipment=parcel).delete()
        NoCharge.objects.create(shipment=parcel, kind="lost", at="2026-10-21T08:00Z")
        assert not named("2026-10")
        NoCharge.objects.update(revoked_at="2026-10-22T08:00Z")
        assert named("2026-10")

    def test_a_parcel_begun_before_the_end_of_the_month_and_still_here_is_named(
        self, client, treasurer, bill_to, make_parcel
    ):
        parcel = make_parcel(bill_to)
        Shipment.objects.update(status="labelled", handed_over_at=None, made_at="2026-10-31T22:59Z")
        client.force_login(treasurer)
        title = "1 parcel of a past round is not handed over"
        assert title in [check.title for check in client.get(PAGE, OCTOBER).context["checks"]]
        assert title not in [check.title for check in client.get(PAGE, {"month": "2026-09"}).context["checks"]]
        Allocation.objects.filter(pk=parcel.allocation_id).update(released_at=timezone.now())
        assert title not in [check.title for check in client.get(PAGE, OCTOBER).context["checks"]]

    def test_of_what_is_odd_three_are_named_and_the_rest_counted(self, client, treasurer, bill_to, make_parcel):
        numbers = [make_parcel(bill_to).request.number for _parcel in range(4)]
        Shipment.objects.update(status="returned")
        client.force_login(treasurer)
        sentences = " ".join(check.sentence for check in client.get(PAGE, OCTOBER).context["checks"])
        assert f"{', '.join(numbers[:3])} and 1 more." in sentences
        assert numbers[3] not in sentences

    def test_a_parcel_of_a_past_round_that_is_still_here_is_named(self, client, treasurer, bill_to, make_parcel):
        make_parcel(bill_to)
        rounds = [Round.objects.create(date=RoundDate.objects.create(on=day)) for day in ("2026-10-31", "2026-11-01")]
        client.force_login(treasurer)
        title = "1 parcel of a past round is not handed over"
        for number, is_past in ((0, True), (1, False)):
            Shipment.objects.update(status="labelled", handed_over_at=None, round=rounds[number])
            titles = [check.title for check in client.get(PAGE, OCTOBER).context["checks"]]
            assert (title in titles) is is_past

    def test_a_statement_is_no_bank_file_that_was_booked(self, client, treasurer):
        kept = {"name": "f", "message_id": "M", "booked": 0, "known": 0, "for_a_person": 0, "by": treasurer}
        client.force_login(treasurer)
        BankFile.objects.create(sha256="0", kind="camt.053", **kept)
        assert "No bank file was booked since the end of the month" in text_of(client.get(PAGE, OCTOBER))
        BankFile.objects.create(sha256="1", kind="camt.054", at="2026-10-31T22:59Z", **kept)
        assert "No bank file was booked since the end of the month" in text_of(client.get(PAGE, OCTOBER))
        BankFile.objects.create(sha256="2", kind="camt.054", at="2026-11-01T08:00Z", **kept)
        assert "The bank’s file is booked" in text_of(client.get(PAGE, OCTOBER))

    def test_an_italian_reads_the_month_in_small_letters_within_a_sentence(
        self, client, treasurer, bill_to, make_parcel
    ):
        make_parcel(bill_to)
        treasurer.language = "it"
        treasurer.save()
        client.force_login(treasurer)
        page = client.get(PAGE, OCTOBER)
        assert (page.context["name"], page.context["short_name"]) == ("ottobre 2026", "ottobre")
        with override("it"):
            assert words_for(date(2026, 7, 1), "quarter").endswith("settembre 2026")

    def test_every_figure_leads_to_its_parcels(self, client, treasurer, bill_to, make_parcel):
        parcel = make_parcel(bill_to)
        make_parcel(bill_to, "2026-09-02T08:00Z")
        client.force_login(treasurer)
        page = client.get(f"{PAGE}{bill_to.pk}/", OCTOBER)
        assert [(row.price, row.is_late) for row in page.context["parcels"]] == [(150, True), (150, False)]
        assert parcel.request.number in text_of(page)
        assert client.get(f"{PAGE}999999/", OCTOBER).status_code == 404

    def test_it_costs_the_same_for_one_unit_and_for_many(
        self,
        client,
        treasurer,
        bill_to,
        partner,
        make_parcel,
        make_draft,
        account,
        django_assert_num_queries,
        django_assert_max_num_queries,
    ):
        make_draft(bill_to)
        make_parcel(bill_to)
        client.force_login(treasurer)
        with django_assert_max_num_queries(16) as few:
            client.get(PAGE, OCTOBER)
        for number in range(10):
            unit = BillTo.objects.create(partner=partner, name=f"Unit {number}", **KASSE)
            make_draft(unit)
            make_parcel(unit)
        with django_assert_num_queries(len(few)):
            assert len(client.get(PAGE, OCTOBER).context["dues"]) == 11

    def test_an_auditor_reads_and_presses_nothing(self, client, auditor, bill_to, make_parcel, make_draft):
        draft = make_draft(bill_to)
        make_parcel(bill_to)
        client.force_login(auditor)
        page = text_of(client.get(PAGE, OCTOBER))
        assert "The treasurer closes the month." in page
        assert 'form="close"' not in page
        assert client.post(f"{PAGE}close/", OCTOBER).status_code == 403
        assert issue_all(client, [draft]).status_code == 403
        assert client.post(f"{draft.get_absolute_url()}discard/").status_code == 403
        assert (Invoice.objects.drafts().count(), ChargeLine.objects.count()) == (1, 1)

    def test_nobody_else_gets_in(self, client, dispatcher, volunteer, manager, social_worker):
        for user in (dispatcher, volunteer, manager, social_worker):
            client.force_login(user)
            assert client.get(PAGE).status_code == 403
            assert client.post(f"{PAGE}close/", OCTOBER).status_code == 403


class TestClosing:
    def test_closing_drafts_and_shows_them_to_look_over(self, client, treasurer, bill_to, make_parcel):
        make_parcel(bill_to)
        client.force_login(treasurer)
        page = client.post(f"{PAGE}close/", OCTOBER, follow=True)
        assert page.redirect_chain == [(f"{PAGE}?month=2026-10", 302)]
        assert "1 draft to look over." in text_of(page)
        assert [(draft.parcels, draft.total) for draft in page.context["drafts"]] == [(1, 150)]

    def test_pressing_twice_is_as_pressing_once(self, client, treasurer, bill_to, make_parcel):
        make_parcel(bill_to)
        client.force_login(treasurer)
        client.post(f"{PAGE}close/", OCTOBER)
        before = list(ChargeLine.objects.values())
        assert "Nothing was left to draft." in text_of(client.post(f"{PAGE}close/", OCTOBER, follow=True))
        assert (list(ChargeLine.objects.values()), Invoice.objects.count()) == (before, 1)

    def test_an_unfinished_month_is_refused_with_a_sentence(self, client, treasurer, bill_to):
        client.force_login(treasurer)
        answer = client.post(f"{PAGE}close/", {"month": "2099-01"}, follow=True)
        assert "This month is not over yet." in text_of(answer)
        for page in (PAGE, f"{PAGE}{bill_to.pk}/"):
            assert client.get(page, {"month": "2099-01"}, headers={"accept": "application/json"}).status_code == 409

    def test_a_month_that_is_none_closes_nothing(self, client, treasurer, bill_to, make_parcel):
        make_parcel(bill_to)
        client.force_login(treasurer)
        for month in ("", "2026-13", "October"):
            assert client.post(f"{PAGE}close/", {"month": month}).status_code == 302
        assert Invoice.objects.count() == 0

    def test_looking_never_closes(self, client, treasurer):
        client.force_login(treasurer)
        assert client.get(f"{PAGE}close/").status_code == 405


class TestIssuing:
    def test_one_press_plans_a_job_per_draft_and_their_documents_follow_in_one_bar(
        self, client, treasurer, bill_to, other_unit, make_draft, account
    ):
        drafts = [make_draft(bill_to), make_draft(other_unit)]
        client.force_login(treasurer)
        answer = issue_all(client, drafts[::-1])
        assert Invoice.objects.drafts().count() == 2  # nothing was done inside the request
        page = text_of(client.get(answer.url))
        assert ("0 of 4" in page, "Issue the ticked drafts" in page) == (True, False)
        work()
        issued = Invoice.objects.order_by("number")
        year = issued[0].issued_on.year
        assert [(row.pk, row.number) for row in issued] == [(drafts[0].pk, 1), (drafts[1].pk, 2)]
        assert {step.by for row in issued for step in row.steps.filter(verb="issue")} == {treasurer}
        page = text_of(client.get(answer.url))
        for words in ("4 of 4", f"2 issued: {year}-0001 to {year}-0002."):
            assert words in page
        kinds = Batch.objects.get().jobs.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["billing.issue"] * 2 + ["billing.make_document"] * 2

    def test_when_all_are_issued_and_only_their_documents_wait_the_month_is_shown(
        self, client, treasurer, bill_to, make_draft, account
    ):
        client.force_login(treasurer)
        answer = issue_all(client, [make_draft(bill_to)])
        assert job_actions.run(Job.objects.get(kind="billing.issue").pk)
        assert client.get(PAGE, OCTOBER).context["progress"] is None
        assert "1 of 2" in text_of(client.get(answer.url))

    def test_the_bar_is_there_again_after_the_page_was_closed(self, client, treasurer, bill_to, make_draft, account):
        draft = make_draft(bill_to)
        client.force_login(treasurer)
        answer = issue_all(client, [draft])
        back = client.get(PAGE, OCTOBER)
        assert (back.status_code, back.url) == (302, answer.url)
        assert "0 of 2" in text_of(client.get(back.url))
        fragment = client.get(answer.url, headers={"hx-request": "true"})
        assert ("0 of 2" in text_of(fragment), "<html" in text_of(fragment)) == (True, False)
        work()
        over = client.get(answer.url, headers={"hx-request": "true"})
        assert over.headers["HX-Redirect"] == answer.url
        assert f"Issued: {Invoice.objects.get().public_number}." in text_of(client.get(answer.url))
        assert client.get(PAGE, OCTOBER).context["progress"] is None

    def test_who_presses_second_sees_the_bar_of_the_first(self, client, treasurer, bill_to, make_draft, account):
        draft = make_draft(bill_to)
        client.force_login(treasurer)
        first, second = issue_all(client, [draft]), issue_all(client, [draft])
        assert first.url != second.url
        assert client.get(second.url).url == first.url

    def test_a_document_that_waits_holds_up_no_issuing(self, client, treasurer, bill_to, make_draft, account):
        client.force_login(treasurer)
        answer = issue_all(client, [make_draft(bill_to)])
        page = client.get(answer.url)
        assert page.context["at_work"] is True
        assert page.context["steps"][-1] == ("Issue", "now")
        assert "Discard" not in text_of(page)
        job_actions.run(Job.objects.get(kind="billing.issue").pk)
        context = client.get(answer.url).context
        assert (context["at_work"], context["progress"]["over"]) == (False, False)

    def test_a_month_of_fifteen_hundred_ticks_is_taken(self, client, treasurer, bill_to, make_draft, account):
        draft, token = make_draft(bill_to), uuid.uuid4()
        keys = [draft.pk, *range(draft.pk + 1, draft.pk + 1500)]
        client.force_login(treasurer)
        answer = client.post(f"{PAGE}issue/", OCTOBER | {"token": token, "drafts": keys})
        assert (answer.status_code, answer.url) == (302, f"{PAGE}?month=2026-10&batch={token}")

    def test_the_second_half_of_a_double_click_does_nothing_new(
        self, client, treasurer, bill_to, other_unit, make_draft, account
    ):
        drafts, token = [make_draft(bill_to), make_draft(other_unit)], uuid.uuid4()
        client.force_login(treasurer)
        first, second = issue_all(client, drafts, token), issue_all(client, drafts, token)
        assert first.url == second.url == f"{PAGE}?month=2026-10&batch={token}"
        work()
        issue_all(client, drafts, token)
        assert not Job.objects.due().exists()
        assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2]
        assert (Batch.objects.count(), Job.objects.count()) == (1, 4)

    def test_two_tabs_draw_each_number_once(self, client, treasurer, bill_to, other_unit, make_draft, account):
        drafts = [make_draft(bill_to), make_draft(other_unit)]
        client.force_login(treasurer)
        issue_all(client, drafts[:1])
        issue_all(client, drafts)
        assert Job.objects.count() == 2
        work()
        assert list(Invoice.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]

    def test_a_draft_that_two_people_have_issued_leaves_no_job_that_was_given_up(
        self, client, treasurer, make_user, bill_to, make_draft, account
    ):
        drafts = [make_draft(bill_to)]
        client.force_login(treasurer)
        issue_all(client, drafts)
        job = Job.objects.get()
        job.claim()  # a worker has begun with it
        client.force_login(make_user("second@example.org", "treasurer"))
        url = issue_all(client, drafts).url
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        work()
        assert {job.state for job in Job.objects.all()} == {"done"}
        assert (Job.objects.filter(kind="billing.issue").count(), Invoice.objects.get().number) == (2, 1)
        assert f"Issued: {Invoice.objects.get().public_number}." in text_of(client.get(url))

    def test_what_is_refused_is_named_and_the_others_go_through(
        self, client, treasurer, bill_to, other_unit, make_draft, account
    ):
        empty, good = make_draft(bill_to), make_draft(other_unit)
        ChargeLine.objects.filter(invoice=empty).delete()
        client.force_login(treasurer)
        url = issue_all(client, [empty, good]).url
        work()
        page = text_of(client.get(url))
        assert "Not issued: Sozialdienst Lindental.</b><br>There is nothing on this draft." in page
        assert list(Invoice.objects.order_by("pk").values_list("status", "number")) == [("draft", None), ("issued", 1)]

    def test_a_draft_that_is_gone_is_named(self, client, treasurer, bill_to, other_unit, make_draft, account):
        gone, good = make_draft(bill_to), make_draft(other_unit)
        client.force_login(treasurer)
        client.post(f"{gone.get_absolute_url()}discard/")
        page = text_of(issue_all(client, [gone, good], follow=True))
        assert "1 draft was discarded meanwhile." in page
        work()
        assert Invoice.objects.get().number == 1

    def test_a_draft_discarded_before_its_turn_is_named_in_the_language_of_who_pressed(
        self, client, treasurer, bill_to, make_draft, account
    ):
        draft = make_draft(bill_to)
        treasurer.language = "de"
        treasurer.save()
        client.force_login(treasurer)
        url = issue_all(client, [draft]).url
        actions.discard(draft, by=treasurer)
        with override("en"):  # a worker speaks nobody's language
            work()
        with override("de"):
            assert f"{gettext('It was discarded meanwhile.')}</p>" in text_of(client.get(url))
        assert Job.objects.get().refusal != "It was discarded meanwhile."

    def test_a_worker_that_lost_its_lease_issues_nothing(self, client, treasurer, bill_to, make_draft, account):
        draft = make_draft(bill_to)
        client.force_login(treasurer)
        issue_all(client, [draft])
        late = Job.objects.get().claim()
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert Job.objects.get().claim()
        with pytest.raises(LostClaim):
            actions.issue_ordered(draft.pk, late)
        assert list(Invoice.objects.issued()) == []

    def test_a_fault_is_not_read_out_to_the_treasurer(self, client, treasurer, bill_to, make_draft, account):
        draft = make_draft(bill_to)
        client.force_login(treasurer)
        url = issue_all(client, [draft]).url
        Job.objects.update(
            state="dead", attempts=8, error="OSError: /srv/media", is_refused=False, ended_at=timezone.now()
        )
        page = text_of(client.get(url))
        assert "An admin finds the reason" in page
        assert "OSError" not in page

    def test_without_an_account_nothing_is_issued_and_it_says_why(self, client, treasurer, bill_to, make_draft):
        draft = make_draft(bill_to)
        assert not CreditorAccount.objects.exists()
        client.force_login(treasurer)
        url = issue_all(client, [draft]).url
        work()
        assert "No bank account holds today" in text_of(client.get(url)).partition("Not issued")[2]
        assert Invoice.objects.get().status == "draft"

    def test_nothing_ticked_issues_nothing(self, client, treasurer, bill_to, make_draft, account):
        make_draft(bill_to)
        client.force_login(treasurer)
        for drafts in ([], ["nothing"]):
            data = OCTOBER | {"token": uuid.uuid4(), "drafts": drafts}
            assert "Tick the drafts to issue." in text_of(client.post(f"{PAGE}issue/", data, follow=True))
        assert Invoice.objects.get().status == "draft"

    def test_a_held_draft_is_shown_and_not_ticked(self, client, treasurer, bill_to, make_draft, make_parcel, account):
        held = make_draft(bill_to)
        make_parcel(bill_to, "2026-11-03T08:00Z")
        client.force_login(treasurer)
        page = text_of(client.get(PAGE, {"month": "2026-10"}))
        assert f'value="{held.pk}" data-pick checked' in page
        Invoice.objects.filter(pk=held.pk).update(period=date(2026, 8, 1))
        page = text_of(client.get(PAGE, {"month": "2026-10"}))
        assert f'value="{held.pk}" data-pick >' in page
        assert "Held: August 2026" in page


class TestPages:
    """A month with more units than a page has rows."""

    SMALL = 60_000  # bytes

    @pytest.fixture
    def units(self, partner, commune):
        """So many more units that pay, each with a parcel due for October."""

        def units(count):
            known = BillTo.objects.count()
            made = BillTo.objects.bulk_create(
                BillTo(partner=partner, name=f"Unit {known + n}", postcode="3400", town="Burgdorf")
                for n in range(count)
            )
            self.send(made)
            return made

        return units

    def send(self, bill_tos, at="2026-10-20T08:00Z"):
        """A parcel of October for each of these."""
        out = factories.handed_over(lambda allocation: allocation.request.bill_to, at)
        return factories.parcels_of(factories.kept_laptops(bill_tos), **out)

    def draft(self, bill_tos):
        """A draft for October with a parcel for each of these, written straight into the tables."""
        drafts = Invoice.objects.bulk_create(
            Invoice(partner_id=bill_to.partner_id, bill_to=bill_to, period=date(2026, 10, 1), total=150)
            for bill_to in bill_tos
        )
        ChargeLine.objects.bulk_create(
            ChargeLine(invoice=draft, partner_id=draft.partner_id, shipment=parcel, amount=150)
            for draft, parcel in zip(drafts, self.send(bill_tos), strict=True)
        )
        return drafts

    def issue_planned(self):
        """Have the drafts issued; their documents, which take a second each, are left to wait."""
        for job in Job.objects.due().filter(kind="billing.issue").order_by("pk"):
            assert job_actions.run(job.pk)

    def walk(self, client, url, name):
        """The rows of every page of a list, and the pages."""
        pages = []
        while url:
            pages.append(client.get(f"{PAGE}{url}").context)
            neighbours = pages[-1]["page"]
            url = neighbours.older_url if name == "issued" else neighbours.next_url
        return [row for page in pages for row in page[name]], pages

    def test_the_dry_run_shows_some_counts_all_and_leads_to_every_unit(self, client, treasurer, units):
        made = units(60)
        client.force_login(treasurer)
        page = client.get(PAGE, OCTOBER)
        words = text_of(page)
        assert ([due.bill_to for due in page.context["dues"]], "and 35 more" in words) == (made[:25], True)
        for told in ("60 parcels for CHF 9’000.00.", "Close October: 60 drafts", "60 invoices"):
            assert told in words
        assert "?month=2026-10&list=dues" in words
        dues, pages = self.walk(client, "?month=2026-10&list=dues", "dues")
        assert ([due.bill_to for due in dues], [len(page["dues"]) for page in pages]) == (made, [25, 25, 10])
        assert client.get(f"{PAGE}{pages[2]['page'].previous_url}").context["dues"] == pages[1]["dues"]
        client.post(f"{PAGE}close/", OCTOBER)
        assert Invoice.objects.drafts().count() == 60

    def test_every_draft_is_on_a_page_with_its_tick_and_the_ticked_ones_of_it_are_issued(
        self, client, treasurer, units, account
    ):
        units(60)
        drafts = actions.close_month(date(2026, 10, 1), by=treasurer)
        client.force_login(treasurer)
        found, pages = self.walk(client, "?month=2026-10&list=drafts", "drafts")
        assert (found, [len(page["drafts"]) for page in pages]) == (drafts, [25, 25, 10])
        assert {(draft.parcels, draft.late) for draft in found} == {(1, 0)}
        page = client.get(f"{PAGE}{pages[0]['page'].next_url}")
        words = text_of(page)
        assert (words.count("data-pick checked"), words.count('action="/invoices/draft-')) == (25, 25)
        for told in ("60 draft", "CHF 9’000.00", "Issue all 60 drafts", "numbers"):
            assert told in words
        issue_all(client, page.context["drafts"])
        self.issue_planned()
        assert list(Invoice.objects.issued().order_by("number")) == drafts[25:50]

    def press_all(self, client, page, token=None):
        data = OCTOBER | {"token": token or uuid.uuid4(), "all": page.context["ready"].fingerprint}
        return client.post(f"{PAGE}issue/", data | {"drafts": [draft.pk for draft in page.context["drafts"]]})

    def test_all_of_the_month_are_issued_at_once_and_what_is_held_stays(self, client, treasurer, units, account):
        units(61)
        drafts = actions.close_month(date(2026, 10, 1), by=treasurer)
        Invoice.objects.filter(pk=drafts[0].pk).update(period=date(2026, 8, 1))
        client.force_login(treasurer)
        page = client.get(PAGE, OCTOBER)
        assert "Issue all 60 drafts" in text_of(page)
        token = uuid.uuid4()
        answer = self.press_all(client, page, token)
        assert answer.url == f"{PAGE}?month=2026-10&batch={token}"
        self.issue_planned()
        assert list(Invoice.objects.issued().order_by("number")) == drafts[1:]
        assert self.press_all(client, page, token).url == answer.url  # the second half of a double click
        assert (Job.objects.due().filter(kind="billing.issue").count(), Batch.objects.count()) == (0, 1)

    @pytest.mark.parametrize("change", ["one came", "one is gone", "one has another sum", "one was issued"])
    def test_none_is_issued_unseen(self, client, treasurer, bill_to, units, make_draft, account, change):
        units(26)
        drafts = actions.close_month(date(2026, 10, 1), by=treasurer)
        client.force_login(treasurer)
        page = client.get(PAGE, OCTOBER)
        if change == "one came":
            make_draft(bill_to)
        elif change == "one is gone":
            actions.discard(drafts[-1], by=treasurer)
        elif change == "one has another sum":
            Invoice.objects.filter(pk=drafts[-1].pk).update(total=300)
        else:
            actions.issue(drafts[-1], by=treasurer)
        issued = Invoice.objects.issued().count()
        assert self.press_all(client, page).status_code == 303
        assert "Drafts have come, gone or changed since this page was shown." in text_of(client.get(PAGE, OCTOBER))
        assert (Batch.objects.count(), Invoice.objects.issued().count()) == (0, issued)

    def test_what_fits_on_one_page_is_issued_by_its_ticks_alone(self, client, treasurer, units, account):
        units(25)
        actions.close_month(date(2026, 10, 1), by=treasurer)
        client.force_login(treasurer)
        assert 'name="all"' not in text_of(client.get(PAGE, OCTOBER))

    def test_every_issued_invoice_is_on_a_page(self, client, treasurer, units, account):
        units(30)
        drafts = actions.close_month(date(2026, 10, 1), by=treasurer)
        for draft in drafts:
            actions.issue(draft, by=treasurer)
        client.force_login(treasurer)
        page = client.get(PAGE, OCTOBER)
        assert (page.context["issued"], "and 5 more" in text_of(page)) == (
            drafts[:-26:-1],
            True,
        )
        issued, pages = self.walk(client, "?month=2026-10&list=issued", "issued")
        assert issued == drafts[::-1]
        assert client.get(f"{PAGE}{pages[1]['page'].newer_url}").context["issued"] == pages[0]["issued"]

    def test_every_draft_can_be_read_while_others_are_issued(self, client, treasurer, units, account):
        drafts = self.draft(units(30))
        client.force_login(treasurer)
        issue_all(client, drafts[:1])
        found, _pages = self.walk(client, "?month=2026-10&list=drafts", "drafts")
        page = client.get(f"{PAGE}?month=2026-10&list=drafts")
        assert (found, page.context["at_work"], "data-pick" in text_of(page)) == (drafts, True, False)

    def test_a_list_with_nothing_in_it_leads_back_to_the_month(self, client, treasurer, units):
        client.force_login(treasurer)
        for name in ("dues", "drafts", "issued"):
            assert client.get(PAGE, OCTOBER | {"list": name}).url == f"{PAGE}?month=2026-10"
        assert client.get(PAGE, OCTOBER | {"list": "nonsense"}).status_code == 200

    def test_the_parcels_behind_a_figure_come_in_pages_the_oldest_first(self, client, treasurer, bill_to, commune):
        days = [f"2026-10-{1 + (n * 7) % 11:02}T08:00Z" for n in range(60)]
        parcels = [parcel for day in days for parcel in self.send([bill_to], day)]
        client.force_login(treasurer)
        pages, url = [], f"{PAGE}{bill_to.pk}/?month=2026-10"
        while url:
            pages.append(client.get(url))
            url = pages[-1].context["page"].next_url and f"{PAGE}{bill_to.pk}/{pages[-1].context['page'].next_url}"
        rows = [row for page in pages for row in page.context["parcels"]]
        assert [row.pk for row in rows] == [
            row.pk for row in sorted(parcels, key=lambda row: (row.handed_over_at, row.pk))
        ]
        assert {(page.context["count"], page.context["total"]) for page in pages} == {(60, 9000)}
        assert [len(page.context["parcels"]) for page in pages] == [25, 25, 10]

    def test_a_month_stays_small_and_costs_the_same_however_many_pay(
        self, client, treasurer, bill_to, units, account, django_assert_num_queries
    ):
        """Each list with a page behind it, then with 300 rows; few are issued, as that takes long."""
        client.force_login(treasurer)
        pages = [f"{PAGE}?month=2026-10{rest}" for rest in ("", "&list=dues", "&list=drafts", "&list=issued")]
        pages.append(f"{PAGE}{bill_to.pk}/?month=2026-10")

        def fill(number, issued):
            made = units(number)
            for draft in self.draft(made)[:issued]:
                actions.issue(draft, by=treasurer)
            self.send([bill_to] * number)

        def costs():
            found = []
            for page in pages:
                with CaptureQueriesContext(connection) as captured:
                    answer = client.get(page)
                found.append(len(captured))
                assert (answer.status_code, len(answer.content) <= self.SMALL) == (200, True), page
            return found

        fill(52, 26)
        few = costs()
        assert max(few) <= 16
        fill(300, 4)
        assert costs() == few


class TestBeingDone:
    def test_a_quarter_that_runs_is_not_called_billed(self, client, treasurer, other_unit, make_issued, make_parcel):
        make_issued(other_unit)
        BillTo.objects.exclude(pk=other_unit.pk).update(cadence="quarter")
        make_parcel(BillTo.objects.get(cadence="quarter"))
        client.force_login(treasurer)
        page = text_of(client.get(PAGE, OCTOBER))
        for words in ("All done", "Nothing is due up to the end of the month.", "who pays by the quarter is billed"):
            assert words in page
        assert "Every parcel of this month is on an invoice" not in page

    def test_a_draft_of_a_later_month_is_not_looked_over(self, client, treasurer, bill_to, make_draft):
        make_draft(bill_to)
        client.force_login(treasurer)
        for month, there in (("2026-09", 0), ("2026-10", 1)):
            assert len(client.get(PAGE, {"month": month}).context["drafts"]) == there

    def test_a_held_draft_keeps_it_from_being_all_done(self, client, treasurer, bill_to, make_issued, make_draft):
        make_issued(bill_to)
        held = make_draft(bill_to)
        Invoice.objects.filter(pk=held.pk).update(period=date(2026, 8, 1))
        client.force_login(treasurer)
        page = text_of(client.get(PAGE, OCTOBER))
        assert ("Issued, but for held drafts" in page, "All done" in page) == (True, False)

    def test_what_the_bank_reported_and_waits_has_reasons_of_its_own(self, client, treasurer):
        kept = {"name": "f", "sha256": "0", "kind": "camt.054", "message_id": "M", "booked": 0, "known": 0}
        file = BankFile.objects.create(for_a_person=1, **kept)
        BankTransaction.objects.create(
            file=file, account="CH58", identity="1", amount=150, currency="CHF", booked_on="2026-11-12", finding="more"
        )
        client.force_login(treasurer)
        page = text_of(client.get(PAGE, OCTOBER))
        assert ("could not be booked automatically" in page, "No invoice was found" in page) == (True, False)


class TestDiscarding:
    def test_a_discarded_draft_leaves_its_parcels_to_the_next_close(self, client, treasurer, bill_to, make_draft):
        draft = make_draft(bill_to)
        client.force_login(treasurer)
        page = client.post(f"{draft.get_absolute_url()}discard/", follow=True)
        assert "Its parcels wait for the next close." in text_of(page)
        assert Invoice.objects.count() == 0
        assert [due.parcels for due in client.get(PAGE, OCTOBER).context["dues"]] == [1]

    def test_a_draft_that_is_gone_is_404_and_an_issued_one_stays(self, client, treasurer, bill_to, make_issued):
        issued = make_issued(bill_to)
        client.force_login(treasurer)
        assert client.post("/invoices/draft-999999/discard/").status_code == 404
        answer = client.post(f"{issued.get_absolute_url()}discard/", headers={"accept": "application/json"})
        assert answer.status_code == 409
        assert Invoice.objects.get().status == "issued"


class TestHome:
    def test_the_treasurer_reads_what_waits(self, client, treasurer, bill_to, other_unit, make_parcel, make_draft):
        make_draft(other_unit)
        make_parcel(bill_to)
        client.force_login(treasurer)
        home = text_of(client.get("/home/"))
        assert "Draft to look over" in home
        assert "Parcel to charge for" in home

    def test_who_pays_reads_what_is_open_and_what_is_overdue(
        self, client, accounting, social_worker, bill_to, other_unit, make_draft, make_issued
    ):
        issued, late = make_issued(bill_to), make_draft(other_unit)
        client.force_login(accounting)
        home = text_of(client.get("/home/"))
        assert ("Invoice to pay" in home, "overdue" in home) == (True, False)
        Invoice.objects.filter(pk=late.pk).update(  # long ago, by SQL
            status="issued",
            series=issued.series_id,
            first=1,
            number=issued.number + 1,
            reference="0" * 27,
            snapshot=issued.snapshot,
            issued_on="2026-01-01",
            due_on="2026-01-31",
        )
        home = client.get("/home/")
        assert [(todo.count, todo.title) for todo in home.context["todos"]] == [
            (1, "Invoice is overdue"),
            (1, "Invoice to pay"),
        ]
        client.force_login(social_worker)
        assert "Invoice to pay" not in text_of(client.get("/home/"))
