"""What the association keeps in mind of an organisation."""

from django.db import transaction

from partners.models import Partner, PartnerNote
from people.models import User
from records import clock


def add_note(partner: Partner, *, text: str, by: User) -> PartnerNote:
    """Keep a note; the same one pressed twice is kept once."""
    with transaction.atomic():
        partner.lock()
        last = partner.association_notes.first()
        if last and (last.text, last.by_id, last.struck_at) == (text, by.pk, None):
            return last
        return partner.association_notes.create(text=text, by=by)


def strike_note(note: PartnerNote, *, is_struck: bool) -> None:
    """Strike a note out, or let it count again."""
    note.struck_at = clock.now() if is_struck else None
    note.save(update_fields=["struck_at"])
