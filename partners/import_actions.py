"""Taking over organisations from a workbook: in sets, each of which is written as a whole or, if the books stand
against one of its organisations, one by one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from documents.models import Mail, StoredFile
from documents.uploads import WORKBOOK
from documents.workbooks import Unreadable
from jobs.models import Claim, Job, job_subject
from people.models import AssociationRole, User
from records import clock
from records.refusals import Refused, sentence_for

from . import importing
from .importing import Finding, Organisation
from .lifecycle import PartnerStatus
from .models import Agreement, BillTo, Coverage, Membership, Partner, PartnerImport, PartnerStep

AT_ONCE = 100  # organisations
STEPS = 20  # of a job's progress at most: each writes all results so far
CHECK, TAKE_OVER = "partners.check_import", "partners.take_over"
Done = Callable[[int], None]


@transaction.atomic
def upload(content: bytes, *, name: str, by: User) -> PartnerImport:
    """Keep a workbook until it is taken over, and have it read and checked."""
    file = StoredFile.objects.store(content, media_type=WORKBOOK, name=name[-120:])
    found = PartnerImport.objects.create(name=name[-120:], file=file, by=by)
    Job.objects.plan(CHECK, found)
    return found


def check(found: PartnerImport, claim: Claim) -> None:
    """Read a workbook and say what taking it over would do, in the language of who uploaded it; nothing is kept."""
    if found.is_checked or found.file is None:
        return
    with translation.override(found.by.language):
        try:
            contents = importing.read(found.file.read())
        except Unreadable as error:
            with claim.held():
                found.refusal = str(error)
                found.save(update_fields=["refusal"])
                _erase_file(found)
            return
        for _set in take_over_sets(contents.organisations, by=found.by, is_dry=True):
            pass
        found.remarks = [_as_json(remark) for remark in contents.remarks]
        found.lines = [_line(each) for each in contents.organisations]
        found.total = len(found.lines)
        with claim.held():
            found.save(update_fields=["remarks", "lines", "total"])


@transaction.atomic
def take_over(found: PartnerImport, *, invites: bool, by: User) -> bool:
    """Have the organisations of a checked workbook taken over; False, and nothing done, if that was ordered before."""
    found.refresh_from_db(from_queryset=PartnerImport.objects.select_for_update())
    if found.ordered_at:
        return False
    if not found.count("active", "admitted"):
        raise Refused(_("There is nothing to take over in this workbook."))
    found.ordered_at, found.invites, found.by = clock.now(), invites, by
    found.save(update_fields=["ordered_at", "invites", "by"])
    Job.objects.plan(TAKE_OVER, found)
    return True


def take_over_ordered(found: PartnerImport, claim: Claim) -> None:
    """Take over what was ordered, set by set, each with how far it is; one that died before goes on where it was."""
    if found.is_finished or found.file is None:
        return
    with translation.override(found.by.language):
        contents = importing.read(found.file.read())
        rest = contents.organisations[found.done :]
        for taken in _sets(rest, max(AT_ONCE, found.total // STEPS)):
            with transaction.atomic():
                locked = PartnerImport.objects.select_for_update().get(pk=found.pk)
                if locked.done != found.done:  # another worker has it
                    raise Refused(_("Somebody else is working on this just now. Try again."))
                _write_or_refuse(taken, by=found.by, invites=found.invites)
                found.results = [*locked.results, *map(_line, taken)]
                found.done = locked.done + len(taken)
                found.save(update_fields=["results", "done"])
        with claim.held():
            found.finished_at = clock.now()
            found.save(update_fields=["finished_at"])
            _erase_file(found)


@transaction.atomic
def discard(found: PartnerImport) -> None:
    """Throw away a workbook that nobody has ordered to be taken over, with its file."""
    found.refresh_from_db(from_queryset=PartnerImport.objects.select_for_update())
    if found.ordered_at:
        raise Refused(_("This workbook is being taken over."))
    _erase_file(found)
    found.delete()


def delete_old_imports() -> None:
    """Forget workbooks and their reports after 30 days."""
    for found in PartnerImport.objects.old():
        with transaction.atomic():
            _erase_file(found)
            found.delete()


def _erase_file(found: PartnerImport) -> None:
    if found.file:
        file, found.file = found.file, None
        found.save(update_fields=["file"])
        file.erase()


def take_over_sets(
    organisations: Sequence[Organisation], *, by: User | None, invites: bool = False, is_dry: bool = False
) -> Iterator[int]:
    """Take over what can be, yielding after each set how many organisations it had; dry, all of it is taken back.

    What the database refuses becomes a fault of its organisation.
    """
    if by is None:
        for each in organisations:
            if each.outcome == "active":
                each.gaps.append(Finding(each.rows[0], _("There is no admin yet to countersign the agreement.")))
    for taken in _sets(organisations, AT_ONCE):
        with transaction.atomic():
            _write_or_refuse(taken, by=by, invites=invites)
            transaction.set_rollback(is_dry)
        yield len(taken)


def _sets(organisations: Iterable[Organisation], size: int) -> Iterator[list[Organisation]]:
    rest = iter(organisations)
    while taken := list(islice(rest, size)):
        yield taken


def countersigner() -> User | None:
    """Who stands for the association where nobody is signed in: the first admin."""
    role = AssociationRole.objects.live().filter(role=AssociationRole.Role.ADMIN).order_by("pk").first()
    return role.user if role else None


def _write_or_refuse(taken: Sequence[Organisation], *, by: User | None, invites: bool) -> None:
    new = [each for each in taken if each.outcome in ("active", "admitted")]
    try:
        _write(new, by=by, invites=invites)
    except DatabaseError as error:
        if sentence_for(error) is None:
            raise
        for each in new:
            try:
                _write([each], by=by, invites=invites)
            except DatabaseError as refusal:
                if (sentence := sentence_for(refusal)) is None:
                    raise
                each.faults.append(Finding(each.rows[0], str(sentence)))


@transaction.atomic
def _write(new: Sequence[Organisation], *, by: User | None, invites: bool) -> None:
    """Write organisations with all that belongs to them, each table in one statement, as their actions would."""
    partners = Partner.objects.bulk_create([_partner(each) for each in new])
    pairs = list(zip(new, partners, strict=True))
    BillTo.objects.bulk_create([_bill_to(payer, partner) for each, partner in pairs for payer in each.bill_tos])
    Coverage.objects.bulk_create(
        [
            Coverage(partner=partner, commune=commune, valid_from=each.values["covers_since"])
            for each, partner in pairs
            for commune in each.communes
        ]
    )
    active = [(each, partner) for each, partner in pairs if partner.status == PartnerStatus.ACTIVE]
    Agreement.objects.bulk_create([_agreement(each, partner, by) for each, partner in active])
    steps = [_step(partner, "admit", PartnerStatus.APPLIED, PartnerStatus.ADMITTED, by) for partner in partners]
    steps += [
        _step(partner, "record_agreement", PartnerStatus.ADMITTED, PartnerStatus.ACTIVE, by)
        for _each, partner in active
    ]
    memberships = _memberships(pairs)
    if invites:
        steps += [
            _step(each.partner, "invite", each.partner.status, each.partner.status, by, role=each.role)
            for each in memberships
        ]
    PartnerStep.objects.bulk_create(steps)
    if invites and memberships:
        mails = Mail.objects.bulk_create(
            [Mail(kind="partners.invited", subject=job_subject(each), reader=each.user) for each in memberships]
        )
        Job.objects.plan_many("documents.send_mail", mails)
    connection.check_constraints()  # now, and not when the whole set commits


def _partner(each: Organisation) -> Partner:
    columns = {name: each.values[name] for name in importing.PARTNER_FIELDS}
    status = PartnerStatus.ADMITTED if each.gaps else PartnerStatus.ACTIVE
    return Partner(name=each.name, postcode=each.postcode, status=status, **columns)


def _bill_to(payer: dict[str, Any], partner: Partner) -> BillTo:
    return BillTo(partner=partner, **{name: value for name, value in payer.items() if name not in ("said", "row")})


def _agreement(each: Organisation, partner: Partner, by: User | None) -> Agreement:
    columns = {name: each.values[name] or "" for name in importing.AGREEMENT_FIELDS}
    return Agreement(partner=partner, countersigned_by=by, countersigned_at=clock.now(), **columns)


def _step(partner: Partner, verb: str, before: str, after: str, by: User | None, **numbers: str) -> PartnerStep:
    return PartnerStep(record=partner, verb=verb, from_status=before, to_status=after, by=by, numbers=numbers)


def _memberships(pairs: Sequence[tuple[Organisation, Partner]]) -> list[Membership]:
    """The first people, invited and not yet come; who is known by the address is the same person."""
    wanted = {
        User.objects.normalize_email(person["email"]): User(name=person["name"], language=partner.language)
        for each, partner in reversed(pairs)
        for person in reversed(each.people)
    }
    known = {user.email: user for user in User.objects.filter(email__in=wanted)}
    missing = {email: user for email, user in wanted.items() if email not in known}
    known |= {user.email: user for user in User.objects.create_many(missing)}
    return Membership.objects.bulk_create(
        [
            Membership(
                user=known[User.objects.normalize_email(person["email"])],
                partner=partner,
                role=person["role"],
                accepted_at=None,
                invited_as=person["name"],
            )
            for each, partner in pairs
            for person in each.people
        ]
    )


def counts(organisations: Iterable[Organisation]) -> Counter[str]:
    """How many organisations have which outcome."""
    return Counter(each.outcome for each in organisations)


def _line(each: Organisation) -> dict[str, Any]:
    """What became of an organisation, as it is kept."""
    return {
        "name": each.name,
        "rows": each.rows,
        "outcome": each.outcome,
        "there": each.there.pk if each.there else None,
        "findings": [_as_json(finding) for finding in each.findings],
    }


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "letter": finding.letter,
        "heading": finding.heading,
        "place": finding.place,
        "sentence": finding.sentence,
    }
