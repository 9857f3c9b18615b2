"""Who may open what: every route × every role × an own, a foreign and a missing object.

The table says by hand what the decorators and `visible_to` must come to. A route without a row fails.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from billing.models import BankFile, CreditorAccount, VatStatus
from config.management.commands.list_routes import routes
from devices.models import Device
from documents.models import StoredFile
from help.models import Article, ArticleVersion, Feedback
from jobs.models import Batch, Job
from partners.actions import publish_first_version
from partners.models import AgreementVersion, Answer, BillTo, Commune, Membership, PartnerImport, Tariff
from people.models import User
from requests.models import RequestDraft
from shipping.models import Label
from tests import factories

pytestmark = pytest.mark.django_db

ASSOCIATION = ("admin", "treasurer", "dispatcher", "volunteer", "auditor")
PARTNER = ("social_worker", "manager", "accounting")
EVERYBODY = {*ASSOCIATION, *PARTNER}
WORKSHOP = {"volunteer", "dispatcher", "admin"}
DISPATCH = {"dispatcher", "admin"}
MONEY = {"treasurer", "admin"}
DECIDES = {"social_worker", "manager"}
READS_REQUESTS = DECIDES | DISPATCH
READS_INVOICES = {"treasurer", "admin", "auditor", "manager", "accounting"}
READS_PARTNERS = {"admin", "dispatcher", "treasurer", "auditor", "manager"}
EDITS = {"admin", "manager"}
ASSOCIATION_READS = READS_PARTNERS - {"manager"}
NOON = "2020-01-20T12:00Z"


@dataclass(frozen=True)
class Row:
    """Which roles a route lets in, and what its address takes: the name of an object of `World`.

    `begins`: an address of which there is nothing yet is that of something new.
    """

    roles: set
    about: str = ""
    method: str = "get"
    data: dict = field(default_factory=dict)
    begins: bool = False


ROWS = {
    "home": Row(EVERYBODY),
    "appearance": Row(EVERYBODY),
    "elements": Row({"admin"}),
    "settings": Row(MONEY),
    "staff_people": Row({"admin"}),
    "staff_invite": Row({"admin"}),
    "staff_person": Row({"admin"}, "staff"),
    "staff_resend_invitation": Row({"admin"}, "staff", "post"),
    "staff_end_access": Row({"admin"}, "staff"),
    "billing:accounts": Row(MONEY),
    "billing:propose_account": Row(MONEY),
    "billing:confirm_account": Row(MONEY, "account"),
    "billing:turn_down_account": Row(MONEY, "account", "post"),
    "billing:propose_vat": Row(MONEY),
    "billing:confirm_vat": Row(MONEY, "vat"),
    "billing:turn_down_vat": Row(MONEY, "vat", "post"),
    "partners:house_rules": Row(EDITS, "partner"),
    "partners:to_countersign": Row({"admin"}),
    "partners:tariffs": Row(MONEY),
    "partners:set_price": Row({"admin"}),
    "partners:withdraw_price": Row({"admin"}, "tariff", "post"),
    "partners:communes": Row({"admin"}),
    "partners:share_commune": Row({"admin"}, "coverage", "post", {"for_whom": "Asyl"}),
    "partners:leave_commune": Row({"admin"}, "coverage", "post"),
    "help:feedback": Row({"admin"}),
    "help:tick_off": Row({"admin"}, "feedback", "post"),
    "help:edit": Row({"admin"}, "article"),
    "help:history": Row({"admin"}, "article"),
    "help:restore": Row({"admin"}, "article", "post", {"version": "1"}),
    "jobs:list": Row({"admin"}),
    "jobs:try_again": Row({"admin"}, "job", "post"),
    "jobs:batch": Row(EVERYBODY, "batch"),
    "partners:list": Row(READS_PARTNERS),
    "partners:create": Row({"admin"}),
    "partners:import_workbook": Row({"admin"}),
    "partners:import_template": Row({"admin"}),
    "partners:show_import": Row({"admin"}, "partner_import"),
    "partners:import_report": Row({"admin"}, "partner_import"),
    "partners:take_over": Row({"admin"}, "partner_import", "post"),
    "partners:discard_import": Row({"admin"}, "partner_import", "post"),
    "partners:detail": Row(READS_PARTNERS, "partner"),
    "partners:act_on_behalf": Row({"admin"}, "partner"),
    "partners:end_on_behalf": Row(EVERYBODY, method="post"),
    "partners:people": Row(ASSOCIATION_READS, "partner"),
    "partners:agreements": Row(ASSOCIATION_READS, "partner"),
    "partners:coverage": Row(ASSOCIATION_READS, "partner"),
    "partners:tariff": Row(ASSOCIATION_READS, "partner"),
    "partners:notes": Row(ASSOCIATION_READS, "partner"),
    "partners:history": Row(ASSOCIATION_READS, "partner"),
    "partners:add_note": Row(ASSOCIATION_READS - {"auditor"}, "partner"),
    "partners:strike_note": Row(ASSOCIATION_READS - {"auditor"}, "note", "post"),
    "partners:admit": Row({"admin"}, "partner", "post"),
    "partners:decline": Row({"admin"}, "partner"),
    "partners:record_agreement": Row({"admin"}, "partner"),
    "partners:invite": Row({"admin", "manager"}, "partner"),
    "partners:end_access": Row(EDITS, "membership", "post"),
    "partners:change_role": Row(EDITS, "membership"),
    "partners:resend_invitation": Row(EDITS, "membership", "post"),
    "partners:edit": Row(EDITS, "partner"),
    "partners:edit_bill_to": Row(EDITS, "bill_to"),
    "partners:new_bill_to": Row(EDITS, "partner"),
    "partners:edit_coverage": Row({"admin"}, "partner"),
    "partners:check_data": Row(EDITS, "partner", "post"),
    "partners:write": Row(EDITS, "partner", "post"),
    "partners:suspend": Row({"admin"}, "partner"),
    "partners:resume": Row({"admin"}, "partner", "post"),
    "partners:end": Row({"admin"}, "partner"),
    "partners:intake": Row(EDITS, "partner"),
    "partners:intake_poster": Row(EDITS, "partner"),
    "partners:open_intake_link": Row(EDITS, "partner", "post"),
    "partners:replace_intake_link": Row(EDITS, "partner"),
    "partners:close_intake_link": Row(EDITS, "partner"),
    "partners:agreement_text": Row(EDITS, "partner"),
    "partners:paper": Row(EDITS, "partner"),
    "partners:sign": Row({"manager"}, "partner"),
    "partners:upload_agreement": Row({"manager"}, "partner"),
    "partners:agreement": Row(READS_PARTNERS, "agreement"),
    "partners:signed_file": Row(READS_PARTNERS, "agreement"),
    "partners:countersign": Row({"admin"}, "agreement", "post"),
    "partners:set_aside": Row({"admin"}, "agreement"),
    "partners:give_notice": Row(EDITS, "partner"),
    "partners:take_back_notice": Row(EDITS, "partner", "post"),
    "partners:remind_to_sign": Row({"admin"}, "version"),
    "partners:signatures": Row({"admin"}, "version"),
    "partners:versions": Row({"admin"}),
    "partners:publish_version": Row({"admin"}),
    "partners:agreement_version": Row({"admin"}, "version"),
    "partners:accept_invitation": Row(EVERYBODY, "invitation", "post"),
    "partners:decline_invitation": Row(EVERYBODY, "invitation", "post"),
    "documents:mails": Row({"admin"}),
    "documents:mail_text": Row({"admin"}, "mail_kind"),
    "partners:notices": Row({"admin"}),
    "partners:new_notice": Row({"admin"}),
    "partners:notice": Row({"admin"}, "notice"),
    "partners:change_notice": Row({"admin"}, "notice"),
    "partners:publish_notice": Row({"admin"}, "notice"),
    "partners:withdraw_notice": Row({"admin"}, "notice"),
    "partners:dismiss_notice": Row(EVERYBODY, "notice", "post"),
    "partners:desk": Row(DISPATCH),
    "partners:hand_over_all": Row(DISPATCH),
    "partners:desk_policy": Row({"admin"}),
    "partners:answers": Row({"admin"}),
    "partners:new_answer": Row({"admin"}),
    "partners:answer": Row({"admin"}, "answer"),
    "partners:retire_answer": Row({"admin"}, "answer", "post"),
    "partners:write_to": Row(DISPATCH, "partner"),
    "partners:questions": Row(DECIDES),
    "partners:new_question": Row(DECIDES),
    "partners:question": Row(READS_REQUESTS, "question"),
    "partners:attachment": Row(READS_REQUESTS, "attachment"),
    "partners:write_message": Row(READS_REQUESTS, "question", "post"),
    "partners:write_note": Row(DISPATCH, "question", "post"),
    "partners:close_conversation": Row(READS_REQUESTS, "question", "post"),
    "partners:reopen_conversation": Row(READS_REQUESTS, "question", "post"),
    "partners:hand_over": Row(DISPATCH, "question", "post"),
    "devices:list": Row(WORKSHOP),
    "devices:scan": Row(WORKSHOP),
    "devices:receive": Row(WORKSHOP),
    "devices:detail": Row(WORKSHOP, "device"),
    "devices:record_erasure": Row(WORKSHOP, "device"),
    "devices:add_drive": Row(WORKSHOP, "device"),
    "devices:mark_ready": Row(WORKSHOP, "device"),
    "requests:list": Row(READS_REQUESTS),
    "requests:search": Row(READS_REQUESTS, method="post"),
    "requests:queue": Row(DISPATCH),
    "requests:calendar": Row(DISPATCH),
    "requests:round": Row(DISPATCH),
    "requests:approve_many": Row(DECIDES),
    "requests:left_over": Row(DISPATCH),
    "requests:set_policy": Row({"admin"}),
    "requests:take_over": Row({"admin"}, "partner"),
    "requests:withdraw_left_over": Row(DISPATCH, "partner", "post"),
    "requests:drafts": Row(DECIDES),
    "requests:discard_all": Row(DECIDES),
    "requests:new": Row(DECIDES),
    "requests:draft": Row(DECIDES, "draft", begins=True),
    "requests:check": Row(DECIDES, "draft"),
    "requests:discard": Row(DECIDES, "draft"),
    "requests:detail": Row(READS_REQUESTS, "request"),
    "requests:proof": Row(READS_REQUESTS, "request"),
    "requests:write_about": Row(READS_REQUESTS, "request"),
    "requests:complete": Row(DECIDES, "request"),
    "requests:correct": Row(DECIDES, "request"),
    "requests:approve": Row(DECIDES, "request", "post"),
    "requests:decline": Row(DECIDES, "request"),
    "requests:send_back": Row(DISPATCH, "request"),
    "requests:reject": Row(DISPATCH, "request"),
    "requests:requeue": Row(DISPATCH, "request"),
    "requests:give_up": Row(DISPATCH, "request"),
    "requests:tracking": Row(DECIDES, "request"),
    "requests:tracking_slip": Row(DECIDES, "request"),
    "requests:open_tracking_link": Row(DECIDES, "request", "post"),
    "requests:replace_tracking_link": Row(DECIDES, "request"),
    "requests:close_tracking_link": Row(DECIDES, "request"),
    "requests:withdraw": Row(DECIDES, "request"),
    "requests:choose": Row(DISPATCH, "request"),
    "requests:allocate": Row(DISPATCH, "request", "post", {"device": "D-900001"}),
    "requests:release": Row(DISPATCH, "request", "post"),
    "shipping:list": Row(DISPATCH),
    "shipping:pack": Row(DISPATCH, "request", "post"),
    "shipping:pack_all": Row(DISPATCH, method="post"),
    "shipping:station": Row(WORKSHOP),
    "shipping:detail": Row(READS_REQUESTS, "shipment"),
    "shipping:by_label": Row(READS_REQUESTS, "label"),
    "shipping:label": Row(DISPATCH, "shipment"),
    "shipping:order_label": Row(DISPATCH, "shipment", "post"),
    "shipping:hand_over": Row(DISPATCH, "shipment", "post"),
    "shipping:hand_over_all": Row(DISPATCH, method="post"),
    "shipping:take_out": Row(DISPATCH, "shipment", "post"),
    "shipping:void_labels": Row(DISPATCH, "shipment", "post"),
    "billing:list": Row(READS_INVOICES),
    "billing:detail": Row(READS_INVOICES, "invoice"),
    "billing:download": Row(READS_INVOICES, "invoice"),
    "billing:issue": Row(MONEY, "invoice", "post"),
    "billing:discard": Row(MONEY, "invoice", "post"),
    "billing:month_end": Row(MONEY | {"auditor"}),
    "billing:due": Row(MONEY | {"auditor"}, "bill_to"),
    "billing:close_month": Row(MONEY, method="post"),
    "billing:issue_all": Row(MONEY, method="post"),
    "billing:bank_files": Row(MONEY | {"auditor"}),  # to book one: tests/billing/test_bank_files.py
    "billing:bank_file": Row(MONEY | {"auditor"}, "bank_file"),
}
PUBLIC = {"front", "impact", "privacy", "contact", "healthz", "set_language"} | {
    "demo_mail",
    "demo_mail_show",
}  # in a demo
# Found by a private link instead of an account, or the register, which is open: tests/partners/test_join.py
BY_LINK = ("join", "application", "confirm", "complete", "ask", "apply_again", "places")
PUBLIC |= {f"partners:{name}" for name in BY_LINK}
PUBLIC |= {f"track:{name}" for name in ("page", "in_language")}  # requests/test_tracking.py
PUBLIC |= {f"ask:{name}" for name in ("language", "start", "question", "check", "sent", "anew")}  # requests/test_ask.py
PUBLIC |= {"help:index", "help:article", "help:rate", "help:comment"}
PUBLIC |= {"map", "map_data", "map_letter", "map_letter_made", "map_letter_file"}
ELSEWHERE = {
    "partners:act_for",  # its object stands in the form: tests/partners/test_act_for.py
    "requests:found",  # its object stands in the session: tests/requests/test_list.py
}
OTHERS = ("/accounts/", "/api/")  # allauth's are allauth's, the API's have a table of their own


@pytest.fixture
def foreign_partner():
    return factories.active_partner("Sozialdienst Obertal", postcode="3454", town="Sumiswald")


@pytest.fixture
def people(make_user, partner):
    """One person per role."""
    found = {}
    for role in EVERYBODY:
        if role in PARTNER:
            found[role] = make_user(f"{role}@example.org")
            Membership.objects.create(user=found[role], partner=partner, role=role)
        else:
            found[role] = make_user(f"{role}@example.org", role)
    return found


@pytest.fixture
def keys(partner, foreign_partner, make_user):
    """`keys(about, whose, user)`: what stands in the address for an own, a foreign and a missing object."""
    factories.creditor_account()
    publish_first_version()
    file = StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="proof.pdf")
    somebody = make_user("somebody.else@example.org")
    Device.objects.create(asset_tag="ready", number="D-900001", status="ready", grade="A")
    made = {"own": _records(partner, file), "foreign": _records(foreign_partner, file)}
    made["own"]["mail_kind"] = made["foreign"]["mail_kind"] = "partners.invited"
    made["own"]["notice"] = factories.notice("everybody", by=somebody).pk
    made["foreign"]["notice"] = factories.notice("association", by=somebody).pk

    def key(about, whose, user):
        if whose == "missing":
            return MISSING[about]
        if about == "draft":
            owner, of = (user, partner) if whose == "own" else (somebody, foreign_partner)
            return RequestDraft.objects.create(partner=of, owner=owner).token
        if about == "invitation":
            invited = user if whose == "own" else somebody
            return Membership.objects.get_or_create(
                user=invited, partner=foreign_partner, role="accounting", accepted_at=None
            )[0].pk
        if about == "partner_import":
            lines = [{"name": "A", "rows": [2], "outcome": "active", "there": None, "findings": []}]
            by = user if whose == "own" else somebody
            return PartnerImport.objects.create(name="a.xlsx", by=by, lines=lines, total=1).token
        if about == "batch":
            return Batch.objects.create(title="labels", owner=user if whose == "own" else somebody).token
        return made[whose][about]

    return key


MISSING = {
    "membership": 99_999_999,
    "invitation": 99_999_999,
    "partner": 99_999_999,
    "note": 99_999_999,
    "question": 99_999_999,
    "attachment": 99_999_999,
    "answer": 99_999_999,
    "bill_to": 99_999_999,
    "job": 99_999_999,
    "shipment": 99_999_999,
    "bank_file": 99_999_999,
    "agreement": 99_999_999,
    "version": "9999.9",
    "batch": uuid.uuid4(),
    "draft": uuid.uuid4(),
    "partner_import": uuid.uuid4(),
    "notice": 99_999_999,
    "mail_kind": "partners.nothing",
    "request": "R-2026-999999",
    "device": "D-999999",
    "invoice": "2026-9999",
    "label": "990000000099999999",
    "article": "nothing",
    "feedback": 99_999_999,
    "coverage": 99_999_999,
    "staff": 99_999_999,
    "tariff": 99_999_999,
    "account": 99_999_999,
    "vat": 99_999_999,
}


def _records(partner, file):
    """One of each, numbers as they stand in an address."""
    bill_to = partner.bill_tos.first() or BillTo.objects.create(
        partner=partner, name="Kasse", postcode="3400", town="Burgdorf"
    )
    person = {"first_name": "Samira", "last_name": "Wenger"}
    request = factories.request_of(bill_to, recipient=person, proof=file)
    device = Device.objects.create(asset_tag=f"T{request.pk}", status="reserved", grade="A")
    code = f"9900000000{request.pk:08}"
    allocation = factories.allocation_of(request, device=device)
    shipment = factories.parcel_of(allocation, status="labelled", ident_code=code)
    Label.objects.create(
        shipment=shipment, item_number=request.pk, ident_code=code, state="made", file=file, made_at=timezone.now()
    )
    job = Job.objects.create(kind="shipping.make_label", subject=f"shipping.shipment:{shipment.pk}", state="dead")
    device.refresh_from_db()
    colleague = User.objects.create_user(f"colleague.{partner.pk}@example.org", name="Colleague")
    membership = Membership.objects.create(user=colleague, partner=partner, role="accounting")
    agreement = partner.agreements.create(**SIGNED, file=_paper())
    article = Article.objects.create(slug=f"article-{partner.pk}", section="people", position=1)
    for language, _name in settings.LANGUAGES:
        ArticleVersion.objects.create(article=article, language=language, number=1, title="t", summary="s", body="b")
    commune, _made = Commune.objects.get_or_create(pk=404, defaults={"name": "Burgdorf", "canton": "BE"})
    coverage, _made = partner.coverage.get_or_create(commune=commune)
    staff = User.objects.create_user(f"staff.{partner.pk}@example.org", name="Staff")
    staff.set_unusable_password()
    staff.save()
    staff.roles.create(role="volunteer")
    partner.intake_links.create()
    request.tracking_links.create()
    tariff = Tariff.objects.create(tier=f"t{partner.pk}", delivery="person", valid_from="2099-01-01", amount=1)
    proposed = {"valid_from": date(2099, 1, 1) + timedelta(partner.pk), "proposed_by": colleague, "confirmed_at": None}
    ibans = {"iban": "CH5800791123000889012", "qr_iban": "CH4431999123000889012"}
    account, vat = CreditorAccount.objects.create(**ibans, **proposed), VatStatus.objects.create(**proposed)
    question = partner.conversations.create(topic="x", waits_for="association", colleague=colleague)
    message = question.messages.create(by=colleague, is_from_association=False, text="x")
    partner.conversations.filter(pk=question.pk).update(last_message=message)
    return {
        "question": question.pk,
        "answer": Answer.objects.create(name="x").pk,
        "attachment": message.attachments.create(file=file).pk,
        "agreement": agreement.pk,
        "account": account.pk,
        "vat": vat.pk,
        "tariff": tariff.pk,
        "staff": staff.pk,
        "coverage": coverage.pk,
        "version": AgreementVersion.objects.current().number,
        "article": article.slug,
        "feedback": Feedback.objects.create(article=article, language="en", is_helpful=False, comment="x").pk,
        "membership": membership.pk,
        "partner": partner.pk,
        "note": partner.association_notes.create(text="x", by=staff).pk,
        "request": request.number,
        "device": device.number,
        "shipment": shipment.pk,
        "job": job.pk,
        "label": code,
        "bill_to": bill_to.pk,
        "invoice": _invoice(request, bill_to).slug,
        "bank_file": BankFile.objects.create(
            name="camt.xml",
            sha256=f"{partner.pk:064}",
            kind="camt.054",
            message_id="M",
            booked=0,
            known=0,
            for_a_person=0,
        ).pk,
    }


SIGNED = {"version": "2024.1", "signed_on": "2024-01-10", "signed_by": "Nina Aebi"}


def _paper():
    return StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="agreement.pdf")


def _invoice(request, bill_to):
    allocation = factories.allocation_of(request, allocated_at=NOON, released_at=NOON)
    factories.parcel_of(allocation, **factories.handed_over(bill_to, NOON))
    return factories.issue(bill_to, date(2020, 1, 1))


def status_of(client, row, url):
    """The answer's status, with whatever was done taken back."""
    with transaction.atomic():
        answer = getattr(client, row.method)(url, row.data)
        transaction.set_rollback(True)
        if answer.streaming:
            b"".join(answer)  # read to its end, so that the file is closed
    if answer.status_code == 302 and answer.url.startswith("/accounts/login/"):
        return "sign in"
    return answer.status_code if answer.status_code in (403, 404) else "in"


def expected(role, row, whose):
    if role not in row.roles:
        return 403
    if not row.about or whose == "own" or (whose == "missing" and row.begins):
        return "in"
    apart = role in PARTNER or row.about in ("draft", "invitation") or (row.about == "batch" and role != "admin")
    return 404 if whose == "missing" or apart else "in"


def test_every_route_has_a_row_and_every_row_a_route():
    ours = {route.name for route in routes() if not route.path.startswith(OTHERS)}
    asked = ours - PUBLIC - ELSEWHERE
    assert asked <= set(ROWS), f"give these routes a row in ROWS: {sorted(asked - set(ROWS))}"
    assert set(ROWS) <= asked, f"these rows have no route: {sorted(set(ROWS) - asked)}"


@pytest.mark.parametrize("name", ROWS)
def test_who_may(name, client, people, keys):
    row = ROWS[name]
    found, wanted = {}, {}
    for role, user in people.items():
        client.force_login(user)
        for whose in ("own", "foreign", "missing") if row.about else ("own",):
            url = reverse(name, args=[keys(row.about, whose, user)] if row.about else [])
            found[role, whose] = status_of(client, row, url)
            wanted[role, whose] = expected(role, row, whose)
    assert found == wanted


@pytest.mark.parametrize("name", ROWS)
def test_strangers_are_asked_to_sign_in(name, client, keys, social_worker):
    row = ROWS[name]
    url = reverse(name, args=[keys(row.about, "own", social_worker)] if row.about else [])
    assert status_of(client, row, url) == "sign in"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.method == "post"])
def test_no_action_is_taken_by_a_link(name, client, people, keys):
    row = ROWS[name]
    user = people[min(row.roles)]
    client.force_login(user)
    url = reverse(name, args=[keys(row.about, "own", user)] if row.about else [])
    if name == "partners:end_access":  # asks first, and by a link does no more
        assert "?" in client.get(url).content.decode()
    elif name == "requests:search":  # asks only, and by POST because a name stands in no address
        assert client.get(url, {"name": "Wenger"}).url == reverse("requests:list")
    else:
        assert client.get(url).status_code == 405
