"""Unfinished forms: kept as they are written, thrown away, and forgotten when nobody goes on."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from records.refusals import Refused

from .models import DeviceRequest, RequestDraft
from .proofs import keep_proof


@transaction.atomic(savepoint=False)
def keep_draft(token: uuid.UUID, *, answers: dict[str, Any], proof: bytes, by: User) -> RequestDraft:
    """Keep an unfinished form for its writer; a proof kept before stays unless there is a new one.

    The proof is stored only once it is known whose form this is.
    """
    draft, is_new = RequestDraft.objects.get_or_create(
        token=token, defaults={"partner": by.acting_for, "owner": by, "answers": answers}
    )
    if (draft.owner_id, draft.partner_id) != (by.pk, by.acting_for_id):
        raise Refused(_("This form belongs to somebody else."))
    locked = draft if is_new else RequestDraft.objects.locked(draft)
    if locked is None or DeviceRequest.objects.filter(form_token=token).exists():  # asked under its lock
        raise Refused(_("This form was sent or discarded meanwhile."))
    if is_new and not proof:
        return locked
    locked.answers, replaced = answers, None
    if proof:
        replaced, locked.proof = locked.proof, keep_proof(proof)
    locked.save()
    if replaced:
        replaced.erase()
    return locked


@transaction.atomic
def discard_draft(token: uuid.UUID, *, by: User) -> bool:
    """Throw away an unfinished form of one's own, with its proof; False, and nothing done, if there is none (left)."""
    draft = RequestDraft.objects.visible_to(by).select_for_update().filter(token=token).first()
    if draft:  # not sent just now, so its proof is nobody else's
        draft.forget()
    return draft is not None


@transaction.atomic
def discard_drafts(*, by: User) -> int:
    """Throw all unfinished forms of one's own away, with their proofs; how many."""
    drafts = list(RequestDraft.objects.visible_to(by).select_for_update().order_by("pk"))
    for draft in drafts:
        draft.forget()
    return len(drafts)


def delete_old_drafts() -> None:
    """Drop the forms that their writers have left alone for too long, with their proofs; the clock does it."""
    for pk in RequestDraft.objects.abandoned().values_list("pk", flat=True):
        with transaction.atomic():
            draft = RequestDraft.objects.abandoned().select_for_update().filter(pk=pk).first()
            if draft:  # it may have been saved or sent just now
                draft.forget()
