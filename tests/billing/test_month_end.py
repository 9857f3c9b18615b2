import re
import uuid
from datetime import date, timedelta

import pytest
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

pytestmark = pytest.mark.django_db
PAGE = "/invoices/month-end/"
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
            unit = BillTo.objects.create(partner=partner, name=f"Unit {number}", postcode="3400", town="Burgdorf")
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
        assert ("could not be booked by themselves" in page, "No invoice was found" in page) == (True, False)


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

    def test_who_pays_reads_what_is_open(self, client, accounting, social_worker, bill_to, make_issued):
        make_issued(bill_to)
        client.force_login(accounting)
        assert "Invoice to pay" in text_of(client.get("/home/"))
        client.force_login(social_worker)
        assert "Invoice to pay" not in text_of(client.get("/home/"))
