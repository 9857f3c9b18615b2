"""What can’t be stored can’t be stored by SQL: each named rule of the database is attacked, here or in OTHERS."""

from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from billing.models import (
    BankFile,
    BankTransaction,
    CreditLine,
    CreditNote,
    Invoice,
    Payment,
    Series,
    VatStatus,
)
from devices.models import Device, Drive, Erasure, Inspection
from documents.models import MailText, StoredFile
from help.models import Article
from jobs.models import IdempotentAnswer, Job
from partners import models as partner_models
from partners.actions import publish_first_version
from partners.models import (
    Agreement,
    AgreementVersion,
    ApiToken,
    Application,
    CommuneLetter,
    CommuneMutation,
    Coverage,
    Locality,
    OnBehalf,
    PartnerImport,
    RegisterLoad,
    Succession,
    Tariff,
)
from people.models import AuditEntry, User
from records.triggers import Trigger
from requests.models import PersonMark, Policy, PolicyChange, Recipient, RequestDraft, RoundDate
from shipping.models import Label, Round
from tests import factories

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
BOOKS = ("billing/test_books.py", "shipping/test_books.py", "devices/test_evidence.py", "test_partners_apart.py")
OTHERS = [HERE / name for name in BOOKS]


def copied(table, **changes):
    """The statement that adds a row like one that is there; the changes are SQL, too."""
    changed = "".join(f", '{column}', {value}" for column, value in changes.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(one) || "
        f"jsonb_build_object('id', 999999{changed}))).* FROM (SELECT * FROM {table} ORDER BY 1 LIMIT 1) one"
    )


def changed(table, assignments):
    return f"UPDATE {table} SET {assignments}"


def added_version(language, number, is_current="true"):
    """The statement that adds a text of an article; what the database makes of its words can't be copied."""
    return (
        "INSERT INTO help_articleversion (article_id, language, number, title, summary, body, at, is_current) "
        f"SELECT id, {language}, {number}, 't', 's', 'b', now(), {is_current} FROM help_article"
    )


def follows(successor, predecessor):
    """The statement by which an organisation takes over from another one."""
    return (
        "INSERT INTO partners_succession (predecessor_id, successor_id, by_id, at) "
        f"SELECT {predecessor}, {successor}, (SELECT min(id) FROM people_user), now() FROM partners_partner"
    )


LATER = "'2021-01-01'"
SECOND = "(SELECT max(id) FROM {})".format
ATTACKS = {
    # people
    "one_user_per_address": copied("people_user"),
    "one_user_per_email": copied("people_user", email="'VOLUNTEER@example.org'"),
    "one_row_per_user_and_role": copied("people_associationrole"),
    "admin_has_no_end": changed("people_associationrole", "role = 'admin', ends_on = '2099-01-01'"),
    "somebody_stays_admin": "DELETE FROM people_associationrole WHERE role = 'admin'",
    "auditor_has_an_end": changed("people_associationrole", "role = 'auditor', ends_on = NULL"),
    # jobs
    "one_waiting_job_per_subject": copied("jobs_job"),
    "job_state_is_known": changed("jobs_job", "state = 'x'"),
    "running_job_has_a_lease": changed("jobs_job", "state = 'running'"),
    "one_answer_per_key": copied("jobs_idempotentanswer"),
    # documents
    "a_mail_text_is_whole_or_empty": copied("documents_mailtext", subject="''"),
    "mail_text_language_is_known": copied("documents_mailtext", language="'xx'"),
    # partners
    "partner_status_is_known": changed("partners_partner", "status = 'x'"),
    "one_partner_per_name_and_postcode": changed("partners_partner", "name = 'A', postcode = '3400'"),
    "bill_to_has_an_address": changed("partners_billto", "town = ''"),
    "an_active_partner_is_complete": changed("partners_partner", "street = ''"),
    "an_active_partner_keeps_a_payer": changed("partners_billto", "email = ''"),
    "one_agreement_version_per_number": copied("partners_agreementversion"),
    "one_agreement_text_per_language": copied("partners_agreementtext"),
    "a_signed_text_has_its_hash": copied("partners_agreement", version="'x'", text="'x'"),
    "one_agreement_paper_per_words": copied("partners_agreementpaper", file_id="NULL"),
    "partners_agreement_stays": changed("partners_agreement", "signed_by = 'x'"),
    "only_what_waits_is_set_aside": changed("partners_agreement", "set_aside_at = now(), set_aside_reason = 'x'"),
    "partners_set_aside_stays": "UPDATE partners_agreement SET set_aside_at = NULL WHERE set_aside_at IS NOT NULL",
    "reminded_to_sign_once_a_day": copied("partners_agreementreminder", kind="'by_hand'"),
    "reminded_to_sign_once_by_the_clock": copied("partners_agreementreminder", on="'2020-01-01'"),
    "only_a_running_agreement_is_under_notice": changed("partners_partner", "ends_on = '2099-01-01'"),
    "one_acts_on_behalf_of_one_at_a_time": copied("partners_onbehalf", reason="'data'"),
    "on_behalf_ends_after_it_began": changed("partners_onbehalf", "ended_at = begun_at - interval '1 s'"),
    "partners_onbehalf_stays": changed("partners_onbehalf", "reason = 'data'"),
    "no_successor_comes_before_itself": follows("max(id)", "min(id)"),
    "partners_partnernote_stays": changed("partners_partnernote", "text = 'y'"),
    "one_conversation_per_request": copied("partners_conversation", last_message_id="NULL"),
    "a_conversation_is_about_something": changed("partners_conversation", "topic = 'x'"),
    "a_conversation_waits_for_a_side": changed("partners_conversation", "waits_for = 'x'"),
    "somebody_closed_a_conversation": changed("partners_conversation", "closed_at = now()"),
    "a_message_has_words_until_they_are_erased": changed("partners_conversationmessage", "text = ''"),
    "a_message_is_only_emptied": changed("partners_conversationmessage", "text = 'y'"),
    "only_the_association_keeps_notes": copied(
        "partners_conversationmessage", is_internal="true", form_token="gen_random_uuid()"
    ),
    "partners_conversationmessage_stays": changed("partners_conversationmessage", "at = now()"),
    "one_reading_per_conversation_and_person": copied("partners_reading"),
    "told_once_of_what_nobody_opens": copied("partners_unopenedreminder"),
    "answer_language_is_known": copied("partners_answertext", language="'xx'"),
    "one_policy_for_partners": changed("partners_policy", "id = 2"),
    "partners_countersignature_stays": changed("partners_agreement", "countersigned_at = NULL"),
    "a_confirmed_application_has_a_partner": changed("partners_application", "partner_id = NULL"),
    "a_mandated_organisation_names_its_mandate": changed("partners_application", "kind = 'mandated'"),
    "a_message_says_something": copied("partners_message", text="''"),
    "the_association_writes_by_name": copied("partners_message", is_from_association="true", by_id="NULL"),
    "one_live_membership_per_role": copied("partners_membership"),
    "one_signature_per_version": copied("partners_agreement"),
    "one_tariff_per_day": copied("partners_tariff"),
    "tariff_is_positive": copied("partners_tariff", tier="'x'", amount="0"),
    "a_begun_price_stays": "DELETE FROM partners_tariff",
    "one_row_per_place": copied("partners_locality"),
    "one_live_coverage_per_commune": copied("partners_coverage"),
    "one_mutation_per_commune_and_day": copied("partners_communemutation"),
    "no_more_is_taken_over_than_there_is": changed("partners_partnerimport", "done = 2"),
    "one_letter_per_commune_and_language": copied("partners_communeletter"),
    "token_has_a_digest": changed("partners_apitoken", "digest = ''"),
    "token_scopes_are_known": changed("partners_apitoken", "scopes = '{everything}'"),
    "notice_status_is_known": changed("partners_notice", "status = 'x'"),
    "a_notice_to_a_kind_names_it": copied("partners_notice", status="'draft'", audience="'kind'"),
    "a_notice_to_cantons_names_them": copied("partners_notice", status="'draft'", audience="'cantons'"),
    "a_notice_ends_after_it_began": changed("partners_notice", "until_on = from_on - 1"),
    "a_published_notice_keeps_its_audience": changed("partners_notice", "audience = 'manager'"),
    "a_published_notice_says_something": changed("partners_notice", "version = version + 1"),
    "one_notice_text_per_language": copied("partners_noticetext"),
    "a_notice_text_is_not_empty": copied("partners_noticetext", language="'fr'", title="''"),
    "notice_language_is_known": copied("partners_noticetext", language="'xx'"),
    "a_notice_is_put_away_once": copied("partners_noticedismissal"),
    "one_open_intake_link_per_partner": copied("partners_intakelink", token="'x'"),
    "partners_intakelink_stays": changed("partners_intakelink", "token = 'x'"),
    "intake_link_closes_after_it_opened": changed("partners_intakelink", "closed_at = '2020-01-01'"),
    "a_closed_intake_link_stays_closed": (
        "UPDATE partners_intakelink SET closed_at = '2099-01-01'; UPDATE partners_intakelink SET closed_at = NULL"
    ),
    "one_open_tracking_link_per_request": copied("requests_trackinglink", token="'x'"),
    "requests_trackinglink_stays": changed("requests_trackinglink", "token = 'x'"),
    "tracking_link_closes_after_it_opened": changed("requests_trackinglink", "closed_at = '2020-01-01'"),
    "a_closed_tracking_link_stays_closed": (
        "UPDATE requests_trackinglink SET closed_at = '2099-01-01'; UPDATE requests_trackinglink SET closed_at = NULL"
    ),
    "one_poster_per_link_and_language": copied("partners_intakeposter"),
    # devices
    "one_live_device_per_tag": copied("devices_device", number="'D-999999'"),
    "device_has_memory": changed("devices_device", "memory_gb = 0"),
    "device_status_is_known": changed("devices_device", "status = 'x'"),
    "ready_device_has_a_grade": changed("devices_device", "status = 'ready', grade = ''"),
    "one_drive_per_serial": copied("devices_drive"),
    # requests
    "only_what_was_asked_by_a_link_lacks_who_pays": changed("requests_devicerequest", "bill_to_id = NULL"),
    "a_draft_is_a_colleagues_or_a_persons": changed("requests_requestdraft", "owner_id = NULL"),
    "request_price_is_positive": changed("requests_devicerequest", "price = 0"),
    "request_status_is_known": changed("requests_devicerequest", "status = 'x'"),
    "approved_request_has_a_price": changed("requests_devicerequest", "status = 'approved', price = NULL"),
    "windows_only_for_training": changed("requests_devicerequest", "system = 'windows'"),
    "one_live_allocation_per_device": copied("requests_allocation", request_id=SECOND("requests_devicerequest")),
    "one_live_allocation_per_request": copied("requests_allocation", device_id=SECOND("devices_device")),
    "allocation_ends_after_it_began": changed("requests_allocation", "released_at = allocated_at - interval '1 s'"),
    "one_mark_per_request": copied("requests_personmark"),
    "one_policy_for_requests": changed("requests_policy", "id = 2"),
    "guard_period_is_measured": changed("requests_policy", "guard_months = 0"),
    "rounds_come_and_hold_something": changed("requests_policy", "round_days = 0"),
    "an_expected_day_stands_on_something": changed("requests_devicerequest", "expected_on = '2026-12-01'"),
    "erased_person_is_blank": changed("requests_recipient", "erased_at = now()"),
    "a_person_has_a_name": changed("requests_recipient", "first_name = '', last_name = ''"),
    # shipping
    "round_status_is_known": changed("shipping_round", "status = 'x'"),
    "one_live_shipment_per_allocation": copied("shipping_shipment", ident_code="''"),
    "one_parcel_per_ident_code": copied("shipping_shipment", status="'cancelled'", handed_over_at="NULL"),
    "handed_over_knows_who_pays": changed("shipping_shipment", "price = NULL"),
    "handed_over_at_exactly_when_out": changed("shipping_shipment", "status = 'packing'"),
    "shipment_price_is_positive": changed("shipping_shipment", "price = 0"),
    "a_printed_label_keeps_its_address": changed("requests_recipient", "town = 'Oberburg'"),
    "one_live_label_per_shipment": copied("shipping_label", item_number=2, ident_code="'2'"),
    "made_label_has_a_file": changed("shipping_label", "file_id = NULL"),
    "item_number_has_eight_digits": changed("shipping_label", "item_number = 100000000"),
    # help
    "one_article_per_slug": copied("help_article"),
    "section_is_known": changed("help_article", "section = 'x'"),
    "article_language_is_known": added_version("'xx'", 1),
    "one_version_per_number": added_version("'de'", 2, is_current="false"),
    "one_current_version": added_version("'de'", 3),
    "help_articleversion_stays": changed("help_articleversion", "body = 'x'"),
    "replaced_version_stays_replaced": changed("help_articleversion", "is_current = true"),
    "feedback_language_is_known": changed("help_feedback", "language = 'xx'"),
    "feedback_is_done_by_somebody": changed("help_feedback", "done_at = now()"),
    # billing, beside the books
    "one_account_per_day": copied("billing_creditoraccount"),
    "account_has_an_iban_and_a_qr_iban": copied(
        "billing_creditoraccount", valid_from="'2021-01-01'", qr_iban="'CH5800791123000889012'"
    ),
    "prefix_is_digits": copied("billing_creditoraccount", valid_from=LATER, reference_prefix="'A'"),
    "one_vat_status_per_day": copied("billing_vatstatus"),
    "an_account_is_seen_by_two": changed("billing_creditoraccount", "proposed_by_id = 1, confirmed_by_id = 1"),
    "a_vat_status_is_seen_by_two": changed("billing_vatstatus", "proposed_by_id = 1, confirmed_by_id = 1"),
    "a_confirmed_account_stays": changed("billing_creditoraccount", "iban = iban"),
    "a_confirmed_vat_status_stays": changed("billing_vatstatus", "number = number"),
    "vat_number_comes_with_a_rate": copied(
        "billing_vatstatus", valid_from="'2021-01-01'", number="'CHE-123.456.789 MWST'"
    ),
    "credit_number_once_per_series": copied("billing_creditnote"),
    "credit_is_positive": copied("billing_creditline", amount="-150"),
    "a_bank_file_once": copied("billing_bankfile"),
    "one_row_per_bank_transaction": copied("billing_banktransaction"),
    "finding_is_known": copied("billing_banktransaction", identity="'2'", finding="'x'"),
    "payment_is_not_zero": copied("billing_payment", transaction_id="NULL", amount="0"),
}
ONLY_ADDED_TO = {
    "people_auditentry": "action",
    "documents_mailtext": "body",
    "partners_partnerstep": "verb",
    "partners_agreementversion": "number",
    "partners_agreementtext": "body",
    "partners_message": "text",
    "partners_agreementreminder": "kind",
    "partners_registerload": "file",
    "partners_succession": "at",
    "partners_noticestep": "verb",
    "partners_noticetext": "body",
    "devices_devicestep": "verb",
    "devices_erasure": "result",
    "devices_inspection": "grade",
    "requests_policychange": "after",
    "partners_policychange": "after",
    "partners_unopenedreminder": "at",
    "partners_answertext": "text",
    "requests_requeststep": "verb",
    "shipping_shipmentstep": "verb",
    "shipping_roundstep": "verb",
}
# An unknown status is neither out nor in the house, and that is found first.
IMPLIED = {"shipment_status_is_known": "handed_over_at_exactly_when_out"}


@pytest.fixture
def one_of_each(partner, commune, social_worker, volunteer):
    bill_to = partner.bill_tos.get()
    partner.note("invite")
    User.objects.create_user("admin@example.org").roles.create(role="admin")
    AuditEntry.objects.create(by=volunteer, action="look", subject="x")
    Job.objects.create(kind="x", subject="x")
    IdempotentAnswer.objects.create(token_id=1, key="a-key-of-an-action", fingerprint="x")
    Agreement.objects.create(
        partner=partner, version="2026-1", signed_on="2026-01-15", signed_by="Nina", countersigned_by=volunteer
    )
    publish_first_version()
    partner.agreement_reminders.create(version=AgreementVersion.objects.get(), kind="first")
    wrong = {"set_aside_at": "2026-01-16T08:00Z", "set_aside_reason": "wrong_paper"}
    partner.agreements.create(version="2026.1", signed_on="2026-01-15", signed_by="Nina", **wrong)
    partner.agreement_papers.create(words={}, sha256="x")
    Application.objects.create(name="x", kind="commune", partner=partner, confirmed_at="2026-01-15T08:00Z")
    partner.messages.create(is_from_association=False, text="x")
    Tariff.objects.create(delivery="person", valid_from="2026-01-01", amount=150)
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    Coverage.objects.create(partner=partner, commune=commune)
    CommuneLetter.objects.create(commune=commune, language="de")
    partner.intake_links.create().posters.create(language="de")
    RequestDraft.objects.create(partner=partner, owner=social_worker)
    CommuneMutation.objects.create(old_no=406, new_no=404, new_name="Burgdorf", canton="BE", day="2099-01-01")
    ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x")
    PartnerImport.objects.create(name="a.xlsx", by=volunteer, total=1)
    MailText.objects.create(kind="x", language="de", subject="x", body="x", by=volunteer)
    notice = factories.notice("everybody", by=volunteer)
    notice.dismissals.create(version=1, user=volunteer)
    request, _second = (factories.request_of(bill_to, commune=commune) for _time in range(2))
    request.note("receive")
    Recipient.objects.create(request=request, partner=partner, first_name="Samira", last_name="Wenger")
    device, _second = (Device.objects.create(asset_tag=tag) for tag in ("5CG1", "5CG2"))
    device.note("receive")
    drive = Drive.objects.create(device=device, serial="S1")
    Erasure.objects.create(drive=drive, life=0, result="success", by=volunteer)
    Inspection.objects.create(device=device, life=0, points=[], grade="A", by=volunteer)
    allocation = factories.allocation_of(request, device=device)
    day = RoundDate.objects.create(on="2026-10-20")
    Round.objects.create(date=day).steps.create(verb="close_round", from_status="open", to_status="closed")
    shipment = factories.parcel_of(allocation, ident_code="990000000000000001", **factories.handed_over(bill_to))
    shipment.note("pack")
    file = StoredFile.objects.store(b"%PDF", media_type="application/pdf", name="x.pdf")
    Label.objects.create(
        shipment=shipment, item_number=1, ident_code="1", state="made", file=file, made_at="2026-10-19T08:00Z"
    )
    article = Article.objects.create(slug="queue", section="people", position=1)
    for number in (1, 2):
        article.versions.create(language="de", number=number, title="t", summary="s", body="b", is_current=number > 1)
    article.feedback.create(language="de", is_helpful=True)
    looked_after(partner, request, volunteer)
    written(partner, request, volunteer)
    booked(partner, bill_to, shipment, volunteer)
    with connection.cursor() as cursor:  # what was made is looked at now, and what an attack does after it
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def looked_after(partner, request, user):
    """What the association does about an organisation and its requests."""
    request.tracking_links.create()
    PersonMark.objects.create(request=request, partner=partner, mark="x")
    Policy.objects.create()
    RegisterLoad.objects.create(file="x", sha256="x", counts={})
    PolicyChange.objects.create(field="guard_months", before="1", after="2", by=user)
    partner.association_notes.create(text="x", by=user)
    other = factories.active_partner("Dienst Wangental", postcode="3366")
    Succession.objects.create(predecessor=other, successor=partner, by=user)
    OnBehalf.objects.create(partner=partner, by=user, reason="asked")


def written(partner, request, user):
    """What an organisation and the association write to each other."""
    conversation = partner.conversations.create(request_number=request.number, waits_for="association")
    conversation.messages.create(by=user, is_from_association=False, text="x")
    conversation.readings.create(user=user, is_association=True, last_message=1)
    conversation.unopened_reminders.create(since=conversation.waiting_since)
    answer = partner_models.Answer.objects.create(name="x")
    answer.texts.create(language="de", text="x", by=user)
    partner_models.Policy.objects.create()
    partner_models.PolicyChange.objects.create(field="team_mailbox", after="x@example.org", by=user)


def booked(partner, bill_to, shipment, user):
    """An issued invoice that was paid and credited, and the account the payment came to."""
    factories.creditor_account()
    VatStatus.objects.create(valid_from="2020-01-01")
    invoice = Invoice.objects.create(partner=partner, bill_to=bill_to, period=date(2026, 10, 1))
    invoice.lines.create(shipment=shipment, partner=partner, amount=150)
    Series.objects.bulk_create(Series(name=name) for name in ("invoice-2026", "credit-2026"))
    Invoice.objects.update(
        status="issued",
        series="invoice-2026",
        first=1,
        number=1,
        total=150,
        snapshot={},
        reference="1",
        issued_on="2026-11-02",
        due_on="2026-12-02",
    )
    note = CreditNote.objects.create(partner=partner, invoice=invoice, series_id="credit-2026", number=1, by=user)
    CreditLine.objects.create(credit_note=note, partner=partner, shipment=shipment, turn=0, amount=150)
    file = BankFile.objects.create(name="f", sha256="0", kind="camt.054", booked=1, known=0, for_a_person=0)
    row = BankTransaction.objects.create(file=file, identity="1", amount=150, booked_on="2026-11-12", finding="exact")
    Payment.objects.create(invoice=invoice, transaction=row, amount=150, paid_on="2026-11-12")


def refused_by(statement):
    """The name of what the database refuses a statement by."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.usefixtures("one_of_each")
def test_each_rule_refuses_what_breaks_it():
    assert {name: refused_by(statement) for name, statement in ATTACKS.items()} == {name: name for name in ATTACKS}
    assert refused_by(changed("shipping_shipment", "status = 'x'")) == IMPLIED["shipment_status_is_known"]


@pytest.mark.usefixtures("one_of_each")
def test_what_is_only_added_to_is_neither_changed_nor_deleted():
    for table, column in ONLY_ADDED_TO.items():
        assert refused_by(f"UPDATE {table} SET {column} = {column}") == f"{table}_stays"
        assert refused_by(f"DELETE FROM {table}") == f"{table}_stays"


def test_no_rule_is_left_without_an_attack():
    attacked = "\n".join(path.read_text() for path in OTHERS)
    ours = {*ATTACKS, *IMPLIED, *(f"{table}_stays" for table in ONLY_ADDED_TO)}
    assert {name for name in rules() - ours if not is_named(name, attacked)} == set()


def rules():
    """The names of our models' constraints, of the triggers' refusals and of the keys that migrations add by SQL."""
    found = {
        constraint.name
        for app in apps.get_app_configs()
        if Path(app.path).parent == settings.BASE_DIR
        for model in app.get_models()
        for constraint in model._meta.constraints
        if not is_target(model, constraint) and not isinstance(constraint, Trigger)  # whose refusals are found below
    }
    with connection.cursor() as cursor:
        cursor.execute(r"""
            SELECT (regexp_matches(prosrc, $$CONSTRAINT = '(\w+)'$$, 'g'))[1] FROM pg_proc WHERE prosrc ~ 'CONSTRAINT ='
            UNION SELECT tgrelid::regclass || '_stays' FROM pg_trigger WHERE tgfoid = 'rows_stay'::regproc
            UNION SELECT conname FROM pg_constraint
              WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conname !~ '_fk(_|$)'
        """)
        return found | {name for (name,) in cursor.fetchall()}


def is_target(model, constraint):
    """Whether it is there for a composite foreign key to point at: no row can break it before a narrower one."""
    if not isinstance(constraint, models.UniqueConstraint) or constraint.condition:
        return False
    fields = set(constraint.fields)
    uniques = [other for other in model._meta.constraints if isinstance(other, models.UniqueConstraint)]
    narrower = [set(other.fields) for other in uniques if other.fields and not other.condition and other != constraint]
    return any(key < fields for key in [{model._meta.pk.name}, *narrower])


def is_named(name, text):
    """Whether an attack names it; the books name their tables one by one."""
    table = name.removeprefix("billing_").removesuffix("_stays")
    return f'"{name}"' in text or (name.endswith("_stays") and f'("{table}", ' in text)
