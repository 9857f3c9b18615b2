from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail.backends.locmem import EmailBackend

from documents.mail import NotAccepted
from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from partners.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(social_worker):
    """A mail to somebody, with its job."""
    Mail.objects.plan("partners.invited", Membership.objects.get(), reader=social_worker)
    return Job.objects.get(kind="documents.send_mail")


def test_a_mail_has_the_same_id_at_every_attempt_and_keeps_no_address(planned, mailoutbox):
    run(planned.pk)
    mail, (sent,) = Mail.objects.get(), mailoutbox
    assert (mail.outcome, sent.extra_headers["Message-ID"]) == ("sent", mail.message_id)
    assert mail.message_id == f"<mail-{mail.pk}@localhost>"


def test_an_address_that_the_server_turns_down_stands_in_no_reason(planned, settings):
    settings.EMAIL_BACKEND = f"{__name__}.TurnsDown"
    with pytest.raises(NotAccepted) as failed:
        run(planned.pk)
    assert failed.value.__suppress_context__
    planned.refresh_from_db()
    assert (planned.state, planned.error) == ("waiting", "NotAccepted: 550")
    assert Mail.objects.get().outcome == "planned"


class TurnsDown(EmailBackend):
    """A mail server that knows nobody."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({address: (550, b"no such user") for address in messages[0].to})
