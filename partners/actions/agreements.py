"""The framework agreement: its versions, who signed which one, and the paper."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from documents.models import Mail, StoredFile
from jobs.models import Claim, Job
from partners import agreement_pdf
from partners.agreement_text import fill
from partners.lifecycle import PartnerStatus
from partners.models import Agreement, AgreementPaper, AgreementText, AgreementVersion, Partner, Tariff, sha256_of
from people.models import User
from records import clock
from records.refusals import Refused

from .behalf import refuse_on_behalf

FIRST = Path(__file__).resolve().parents[1] / "data" / "agreement"
FIRST_NUMBER = "2026.1"


@transaction.atomic
def publish_version(
    number: str, bodies: dict[str, str], *, by: User | None, sign_by: date | None = None
) -> AgreementVersion:
    """Publish a new version in every language, for good; with `sign_by` all who take part are asked to sign it."""
    version = AgreementVersion.objects.create(number=number, by=by, sign_by=sign_by)
    AgreementText.objects.bulk_create(
        AgreementText(version=version, language=language, body=body) for language, body in bodies.items()
    )
    if sign_by:
        for partner in Partner.objects.filter(status__in=(PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED)):
            Mail.objects.plan("partners.sign_again", partner)
    return version


def publish_first_version() -> None:
    """Publish the agreement that comes along, in a database that has none yet."""
    if AgreementVersion.objects.exists():
        return
    bodies = {code: (FIRST / f"{code}.txt").read_text() for code, _name in settings.LANGUAGES}
    publish_version(FIRST_NUMBER, bodies, by=None)


def text_for(partner: Partner, version: AgreementVersion) -> str:
    """The words of a version for one organisation, in its language."""
    body = version.texts.get(language=partner.language).body
    association = settings.ASSOCIATION
    communes = [str(row.commune) for row in partner.coverage.live().select_related("commune").order_by("commune__name")]
    with translation.override(partner.language):
        price = Tariff.objects.price_for(tier=partner.tier, delivery=partner.delivery)
        facts = {
            "organisation": partner.name,
            "address": ", ".join(partner.address_lines),
            "communes": ", ".join(communes) or _("no commune in particular"),
            "contribution": f"CHF {price}",
            "association": association["name"],
            "association_address": (
                f"{association['street']} {association['house_number']}, "
                f"{association['postcode']} {association['town']}"
            ),
            "version": version.number,
        }
    return fill(body, facts)


@transaction.atomic
def sign(
    partner: Partner, version: AgreementVersion, *, read: str, name: str, function: str, address: str | None, by: User
) -> Agreement:
    """Sign on screen: keep the exact text that was shown with its hash, the time and the computer's address.

    Twice is as once. `read` is the SHA-256 of the text that was shown: refused if it has changed since.
    """
    refuse_on_behalf(by)
    partner.lock()
    if not partner.takes_part:
        raise Refused(_("Only an organisation that takes part can sign."))
    if known := partner.agreements.standing().filter(version=version.number).first():
        return known
    current = AgreementVersion.objects.current()
    if current is None or current.pk != version.pk:
        raise Refused(_("There is a newer version of the agreement: read and sign that one."))
    text = text_for(partner, version)
    if sha256_of(text) != read:
        raise Refused(_("The agreement’s text has changed since you read it. Read it again, then sign."))
    if missing := partner.lacks():
        raise Refused(_("Before it can be signed, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    agreement = Agreement.objects.create(
        partner=partner,
        version=version.number,
        signed_on=clock.today(),
        signed_by=name,
        function=function,
        language=partner.language,
        text=text,
        text_sha256=sha256_of(text),
        signed_at=clock.now(),
        signed_from=address,
        signed_by_user=by,
    )
    partner.note("sign", by=by, version=version.number)
    return agreement


@transaction.atomic
def upload_agreement(
    partner: Partner,
    version: AgreementVersion,
    *,
    content: bytes,
    signed_by: str,
    function: str,
    signed_on: date,
    by: User,
) -> Agreement:
    """Keep the signed paper as a PDF, with the text it was printed from."""
    refuse_on_behalf(by)
    partner.lock()
    if not partner.takes_part:
        raise Refused(_("Only an organisation that takes part can sign."))
    if missing := partner.lacks():
        raise Refused(_("Before it can be signed, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    text = text_for(partner, version)
    with translation.override(partner.language):
        name = f"{_('Framework agreement')}-{version.number}.pdf"
    agreement = Agreement(
        partner=partner,
        version=version.number,
        signed_on=signed_on,
        signed_by=signed_by,
        function=function,
        language=partner.language,
        text=text,
        text_sha256=sha256_of(text),
        signed_by_user=by,
    )
    agreement.file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
    agreement.save()
    partner.note("upload_agreement", by=by, version=version.number)
    return agreement


@transaction.atomic
def countersign(agreement: Agreement, *, by: User) -> bool:
    """Sign for the association: from now on the organisation's approvals reach the queue. False if it was done."""
    partner = agreement.partner.lock()
    agreement.refresh_from_db()
    if agreement.is_countersigned:
        return False
    if agreement.set_aside_at:
        raise Refused(_("This signature is set aside. The organisation signs again."))
    if not agreement.text_is_as_signed:
        raise Refused(_("The kept text is not the one that was signed. Look into it before you sign."))
    if missing := partner.lacks():
        raise Refused(_("Before it can be countersigned, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    if not partner.takes_part:
        raise Refused(_("This organisation does not take part any more."))
    agreement.countersigned_by, agreement.countersigned_at = by, clock.now()
    agreement.save(update_fields=["countersigned_by", "countersigned_at"])
    if _begins_with(partner, agreement):
        partner.move("countersign", by=by, is_locked=True)
    Mail.objects.plan("partners.countersigned", agreement, reader=agreement.signed_by_user)
    return True


@transaction.atomic
def set_aside(agreement: Agreement, *, reason: str, by: User) -> bool:
    """Set a wrong signature aside before it is countersigned, and ask for another; False if it was done."""
    partner = agreement.partner.lock()
    agreement.refresh_from_db()
    if agreement.set_aside_at:
        return False
    if agreement.is_countersigned:
        raise Refused(_("This agreement is countersigned already."))
    agreement.set_aside_by, agreement.set_aside_at, agreement.set_aside_reason = by, clock.now(), reason
    agreement.save(update_fields=["set_aside_by", "set_aside_at", "set_aside_reason"])
    partner.note("set_aside", by=by, version=agreement.version)
    Mail.objects.plan("partners.set_aside", agreement, reader=agreement.signed_by_user)
    return True


@transaction.atomic
def record_agreement(partner: Partner, agreement: Agreement, *, by: User) -> None:
    """Record an agreement that both sides have signed on paper: the organisation's approvals reach the queue."""
    partner.lock()
    if missing := partner.lacks():
        raise Refused(_("Before it can be active, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    if not partner.takes_part:
        partner.move("record_agreement", by=by, is_locked=True)  # which says where it stands
    agreement.partner, agreement.countersigned_by, agreement.countersigned_at = partner, by, clock.now()
    agreement.save()
    if _begins_with(partner, agreement):
        partner.move("record_agreement", by=by, is_locked=True)


def _begins_with(partner: Partner, agreement: Agreement) -> bool:
    """Whether an admitted organisation becomes active by it; then its communes count from the day it was signed."""
    if partner.status != PartnerStatus.ADMITTED:
        return False
    if not partner.agreements.countersigned().exclude(pk=agreement.pk).exists():
        partner.coverage.live().update(valid_from=agreement.signed_on)
    return True


def plan_paper(partner: Partner, version: AgreementVersion) -> AgreementPaper:
    """The PDF of a version for an organisation, with the signatures there are; made by a job unless it is there."""
    signed = partner.agreements.standing().filter(version=version.number)
    agreement = signed.select_related("countersigned_by").first()
    words = _words_of(partner, agreement, version)
    text = json.dumps(words, sort_keys=True, ensure_ascii=False)
    paper, _is_new = AgreementPaper.objects.get_or_create(
        partner=partner, sha256=sha256_of(text), defaults={"words": words}
    )
    if paper.file_id is None:
        Job.objects.plan("partners.make_paper", paper)
    return paper


def _words_of(partner: Partner, agreement: Agreement | None, version: AgreementVersion) -> dict[str, Any]:
    """All that is printed, as JSON."""
    signed = agreement if agreement and agreement.text else None
    signatures = {}
    if agreement:
        signatures = {
            "signed_by": agreement.signed_by,
            "function": agreement.function,
            "signed_on": agreement.signed_on.isoformat(),
            "signed_at": agreement.signed_at.isoformat() if agreement.signed_at else "",
            "signed_from": agreement.signed_from or "",
            "sha256": agreement.text_sha256,
            "countersigned_by": str(agreement.countersigned_by or ""),
            "countersigned_at": agreement.countersigned_at.isoformat() if agreement.countersigned_at else "",
        }
    return {
        "language": signed.language if signed else partner.language,
        "version": version.number,
        "organisation": partner.name,
        "address": partner.address_lines,
        "text": signed.text if signed else text_for(partner, version),
        "signatures": signatures,
        "association": {key: str(value) for key, value in settings.ASSOCIATION.items()},
    }


def make_paper(paper: AgreementPaper, claim: Claim) -> None:
    """Render an agreement's paper and keep it; what is kept is never rendered again."""
    if paper.file_id is not None:
        return
    content = agreement_pdf.render_agreement(paper.words)
    with translation.override(paper.words["language"]):
        name = f"{_('Framework agreement')}-{paper.words['version']}.pdf"
    with claim.held():
        kept = AgreementPaper.objects.select_for_update().get(pk=paper.pk)
        if kept.file_id is None:
            kept.file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
            kept.save(update_fields=["file"])
