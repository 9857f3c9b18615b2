"""The link by which people ask an organisation themselves, and its poster."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import StoredFile
from jobs.models import Claim, Job
from partners.models import IntakeLink, IntakePoster, Partner
from partners.poster import fingerprint, render_poster, words_for
from people.models import User
from records import clock
from records.refusals import Refused

MAKE_POSTER = "partners.make_poster"


@transaction.atomic
def open_intake_link(partner: Partner, *, by: User) -> IntakeLink:
    """Open the link by which people ask; one that is open stays as it is."""
    partner.lock()
    if link := partner.intake_links.open().first():
        return link
    link = _open(partner)
    partner.note("open_intake_link", by=by)
    return link


@transaction.atomic
def replace_intake_link(link: IntakeLink, *, by: User) -> IntakeLink:
    """Open a new link in place of this one, which stops working at once; pressed twice it is replaced once."""
    partner = link.partner.lock()
    current = partner.intake_links.open().first()
    if current is None:
        raise Refused(_("This link is closed already. Open a new one."))
    if current.pk != link.pk:
        return current
    _close(current)
    replacement = _open(partner)
    partner.note("replace_intake_link", by=by)
    return replacement


@transaction.atomic
def close_intake_link(link: IntakeLink, *, by: User) -> None:
    """Take no more requests by this link; what was asked by it stays."""
    partner = link.partner.lock()
    link.refresh_from_db()
    if link.closed_at is None:
        _close(link)
        partner.note("close_intake_link", by=by)


def _open(partner: Partner) -> IntakeLink:
    if not partner.is_active:
        raise Refused(_("Only an active organisation takes requests by a link."))
    return partner.intake_links.create()


def _close(link: IntakeLink) -> None:
    link.closed_at = clock.now()
    link.save(update_fields=["closed_at"])


@transaction.atomic
def plan_poster(link: IntakeLink, language: str) -> tuple[IntakePoster, bool]:
    """The poster of a link in a language, and whether it is up to date; where it is not, a job makes it."""
    poster, _is_new = IntakePoster.objects.get_or_create(link=link, language=language)
    is_made = bool(poster.file_id) and poster.fingerprint == fingerprint(words_for(link, language))
    if not is_made and Job.objects.unfinished_for(MAKE_POSTER, poster) is None:
        Job.objects.plan(MAKE_POSTER, poster)
    return poster, is_made


def make_poster(poster: IntakePoster, claim: Claim) -> None:
    """Draw the poster and keep its PDF in place of one that says something else."""
    html = words_for(poster.link, poster.language)
    says = fingerprint(html)
    if poster.file_id and poster.fingerprint == says:
        return
    content = render_poster(poster.link, html)
    with claim.held():
        poster = IntakePoster.objects.select_for_update(of=["self"]).select_related("file").get(pk=poster.pk)
        before = poster.file
        name = f"Weitergabe-{poster.language}.pdf"
        poster.file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
        poster.fingerprint = says
        poster.save(update_fields=["file", "fingerprint"])
        if before:
            before.erase()
