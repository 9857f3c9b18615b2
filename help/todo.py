from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import User
from web.todo import Todo

from .models import Feedback, FeedbackQuerySet


def counts_for(user: User) -> dict[str, FeedbackQuerySet]:
    return {"comments": Feedback.objects.to_read()} if user.has_role("admin") else {}


def todo_for(user: User, counts: dict[str, int]) -> list[Todo]:
    """What readers of the help centre wrote, for the association's admins."""
    comments = counts.get("comments")
    if not comments:
        return []
    return [
        Todo(
            comments,
            ngettext("Comment on a help article", "Comments on help articles", comments),
            _("Readers say what they miss. Read it, mend the article, tick it off."),
            reverse("help:feedback"),
            _("Read the comments"),
            urgency=15,
        )
    ]
