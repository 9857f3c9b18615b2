"""The letter that somebody takes along to a commune that is missing on the map."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import StoredFile
from jobs.models import Claim, Job
from partners.letter import fingerprint, render_letter, words_for
from partners.models import Commune, CommuneLetter
from records import clock
from records.refusals import Refused

MAKE_LETTER = "partners.make_letter"
LETTERS_AN_HOUR = 200  # by all visitors together: each takes a worker a second


@transaction.atomic
def order_letter(commune: Commune, language: str) -> CommuneLetter:
    """Have the letter to a commune made, unless there is one that says the same; anybody may ask for it."""
    letter, is_new = CommuneLetter.objects.select_for_update().get_or_create(commune=commune, language=language)
    if is_up_to_date(letter):
        return letter
    if not is_new and Job.objects.unfinished_for(MAKE_LETTER, letter) is None:
        letter.ordered_at = clock.now()
        letter.save(update_fields=["ordered_at"])
    if CommuneLetter.objects.ordered_since(clock.now() - timedelta(hours=1)).count() > LETTERS_AN_HOUR:
        raise Refused(_("Too many letters are being written just now. Try again in an hour."))
    Job.objects.plan(MAKE_LETTER, letter)
    return letter


def is_up_to_date(letter: CommuneLetter) -> bool:
    """Whether the letter is made and says what it would say now."""
    return bool(letter.file_id) and letter.fingerprint == fingerprint(words_for(letter.commune, letter.language))


def make_letter(letter: CommuneLetter, claim: Claim) -> None:
    """Write the letter and keep its PDF in place of one that says something else."""
    html = words_for(letter.commune, letter.language)
    says = fingerprint(html)
    if letter.file_id and letter.fingerprint == says:
        return
    content = render_letter(html)
    with claim.held():
        letter = CommuneLetter.objects.select_for_update(of=["self"]).select_related("file").get(pk=letter.pk)
        before, name = letter.file, f"Weitergabe-{letter.commune.name}-{letter.language}.pdf"
        letter.file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
        letter.fingerprint = says
        letter.save(update_fields=["file", "fingerprint"])
        if before:
            before.erase()
