"""Notices: written, published, changed, withdrawn, and put away by who has read them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from jobs.models import Batch, Job
from partners.lifecycle import NoticeStatus
from partners.models import Notice, NoticeDismissal, NoticeText
from people.models import User
from records.refusals import Refused

NOTICE_MAIL = "partners.notice"
Words = Mapping[str, tuple[str, str]]  # title and sentences by language


@transaction.atomic
def create_notice(columns: Mapping[str, Any], words: Words, *, by: User) -> Notice:
    """Write a draft: nobody sees it yet."""
    notice = Notice.objects.create(made_by=by, **columns)
    NoticeText.objects.write(notice, words, by=by)
    return notice


@transaction.atomic
def change_notice(notice: Notice, columns: Mapping[str, Any], words: Words, *, by: User) -> bool:
    """Change a draft, or days, tone and words of what is published; False if all of it was so.

    Changed words are a new version, shown also to who has put the former one away. Nobody is mailed again.
    """
    notice.lock()
    if notice.status == NoticeStatus.WITHDRAWN:
        raise Refused(_("It is withdrawn. Write a new one from it."))
    changed = [name for name, value in columns.items() if getattr(notice, name) != value]
    for name in changed:
        setattr(notice, name, columns[name])
    if changed:
        notice.save(update_fields=changed)
    is_new = NoticeText.objects.write(notice, words, by=by)
    if is_new and notice.batch_id and Job.objects.under_way().filter(batch=notice.batch_id).exists():
        raise Refused(_("Mails with these words are still going out. Wait for them, or withdraw the notice."))
    if changed or is_new:
        notice.note("change_notice", by=by)
    return bool(changed or is_new)


@transaction.atomic
def publish_notice(notice: Notice, *, by: User) -> bool:
    """Show it from its first day on, and send it now to each of its readers once, if it goes by mail."""
    notice.lock()
    if notice.is_draft and notice.is_over:
        raise Refused(_("Its last day is over. Change the days first."))
    if not notice.move("publish_notice", by=by, is_locked=True):
        return False
    if notice.by_mail and (readers := notice.readers().texts):
        texts = notice.texts.in_bulk()
        notice.batch = Batch.objects.create(title=_("Mails of a notice"), owner=by)
        notice.save(update_fields=["batch"])
        Mail.objects.plan_many(NOTICE_MAIL, ((texts[text], user) for user, text in readers.items()), batch=notice.batch)
    return True


def withdraw_notice(notice: Notice, *, by: User) -> bool:
    """Show it no longer; mails that have not gone out are not sent."""
    return notice.move("withdraw_notice", by=by)


def dismiss_notice(notice: Notice, *, by: User) -> None:
    """Put away what a person has read, until its words change."""
    row = NoticeDismissal(notice=notice, version=notice.version, user=by)
    NoticeDismissal.objects.bulk_create([row], ignore_conflicts=True)
