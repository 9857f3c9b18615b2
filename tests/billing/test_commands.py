from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import connection, transaction

from billing.models import ChargeLine, Invoice
from partners.models import BillTo

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_closing_does_and_writes_nothing(bill_to, make_parcel):
    make_parcel(bill_to)
    make_parcel(bill_to, "2026-09-02T08:00Z")
    said, _errors = run("close_month", "2026-10", "--dry-run")
    assert said == "Sozialdienst Lindental: 2 parcels, CHF 300.00, 1 late\n1 would be drafted.\n"
    assert Invoice.objects.count() == 0


def test_closing_drafts_and_can_be_repeated(bill_to, make_parcel):
    make_parcel(bill_to)
    said, _errors = run("close_month", "2026-10")
    assert said == f"Sozialdienst Lindental: {Invoice.objects.get().slug}, 1 parcel, CHF 150.00\n1 drafted.\n"
    assert run("close_month", "2026-10") == ("Nothing is due.\n", "")
    assert ChargeLine.objects.count() == 1


def test_issuing_prints_each_number_and_can_be_repeated(bill_to, other_unit, make_draft, account):
    make_draft(bill_to)
    make_draft(other_unit)
    said, _errors = run("issue_invoices", "2026-10")
    numbers = [invoice.public_number for invoice in Invoice.objects.order_by("number")]
    assert said.splitlines() == [
        f"Sozialdienst Lindental: {numbers[0]}, CHF 150.00",
        f"Schulamt: {numbers[1]}, CHF 150.00",
        "2 issued.",
    ]
    assert run("issue_invoices", "2026-10") == ("No draft of this month waits.\n", "")


def test_only_the_drafts_of_that_month_are_issued(bill_to, make_draft, account):
    make_draft(bill_to)
    run("issue_invoices", "2026-09")
    assert Invoice.objects.get().status == "draft"


class Terminal(StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_how_far_it_is_once_it_takes_longer(bill_to, make_parcel, account, monkeypatch):
    make_parcel(bill_to)
    monkeypatch.setattr("jobs.progress.SHOWN_AFTER", -1)
    for command, what in (("close_month", "units"), ("issue_invoices", "drafts")):
        monkeypatch.setattr("sys.stderr", terminal := Terminal())
        said, _errors = run(command, "2026-10")
        assert f"100% {what}" in terminal.getvalue()
        assert "%" not in said


@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_is_working_on_is_named_and_the_others_are_issued(bill_to, other_unit, make_draft, account):
    held, free = make_draft(bill_to), make_draft(other_unit)
    with connection.cursor() as cursor, transaction.atomic(using="owner"):
        BillTo.objects.using("owner").select_for_update().get(pk=bill_to.pk)
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(CommandError, match="1 of 2 were not issued"):
            run("issue_invoices", "2026-10")
        cursor.execute("RESET lock_timeout")
    assert set(Invoice.objects.values_list("pk", "status")) == {(held.pk, "draft"), (free.pk, "issued")}


def test_what_is_refused_is_named_and_the_exit_code_says_so(bill_to, make_draft):
    make_draft(bill_to)
    with pytest.raises(CommandError, match="1 of 1 were not issued") as error:
        run("issue_invoices", "2026-10")
    assert error.value.returncode == 1


@pytest.mark.parametrize("command", ["close_month", "issue_invoices"])
def test_a_wrong_month_is_one_sentence(command):
    with pytest.raises(CommandError, match="is no month"):
        run(command, "2026-13")


def test_an_unfinished_month_is_one_sentence():
    for option in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="This month is not over yet"):
            run("close_month", "2099-01", *option)


@pytest.mark.parametrize("command", ["close_month", "issue_invoices"])
def test_help_has_an_example(command):
    shown = load_command_class(get_commands()[command], command).create_parser("manage.py", command).format_help()
    assert f"Example: manage.py {command} 2026-10" in " ".join(shown.split())
