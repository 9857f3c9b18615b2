"""What the association answers again and again: written, changed, retired and brought back by its admins."""

from collections.abc import Mapping

from django.db import transaction

from partners.models import Answer, AnswerText
from people.models import User
from records import clock


@transaction.atomic
def write_answer(answer: Answer, words: Mapping[str, str], *, by: User) -> Answer:
    """Keep an answer's name, and what it says from now on in each language; what is as before is not written anew."""
    answer.save()
    now = Answer.objects.select_for_update().get(pk=answer.pk).words
    AnswerText.objects.bulk_create(
        AnswerText(answer=answer, language=language, text=text, by=by)
        for language, text in words.items()
        if text != now.get(language, "")
    )
    return answer


def retire_answer(answer: Answer, *, is_retired: bool) -> None:
    """Offer an answer no more, or again."""
    answer.retired_at = clock.now() if is_retired else None
    answer.save(update_fields=["retired_at"])
