from smtplib import SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPSenderRefused

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
    Membership.objects.update(accepted_at=None)  # who has answered gets none
    Mail.objects.plan("partners.invited", Membership.objects.get(), reader=social_worker)
    return Job.objects.get(kind="documents.send_mail")


def test_a_mail_has_the_same_id_at_every_attempt_and_keeps_no_address(planned, mailoutbox):
    run(planned.pk)
    mail, (sent,) = Mail.objects.get(), mailoutbox
    assert (mail.outcome, sent.extra_headers["Message-ID"]) == ("sent", mail.message_id)
    assert mail.message_id == f"<mail-{mail.pk}@localhost>"


def test_what_has_gone_out_is_not_sent_again(planned, mailoutbox):
    run(planned.pk)
    Job.objects.plan("documents.send_mail", Mail.objects.get())
    again = Job.objects.get(state="waiting")
    assert run(again.pk) is True
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (lambda address: SMTPRecipientsRefused({address: (550, b"no such user")}), "550"),
        (lambda address: SMTPDataError(554, f"no {address} here".encode()), "554"),
        (lambda address: SMTPSenderRefused(553, b"who is that", address), "553"),
        (lambda address: SMTPNotSupportedError(f"no SMTPUTF8 for {address}"), "SMTPNotSupportedError"),
        (lambda address: ValueError(f"Invalid address {address}"), "ValueError"),
    ],
)
def test_an_address_that_the_server_turns_down_stands_in_no_reason(planned, settings, monkeypatch, refusal, reason):
    settings.EMAIL_BACKEND = f"{__name__}.TurnsDown"
    monkeypatch.setattr(TurnsDown, "refusal", staticmethod(refusal))
    with pytest.raises(NotAccepted) as failed:
        run(planned.pk)
    assert failed.value.__suppress_context__
    planned.refresh_from_db()
    assert (planned.state, planned.error) == ("waiting", f"NotAccepted: {reason}")
    assert Mail.objects.get().outcome == "planned"


class TurnsDown(EmailBackend):
    """A mail server that takes nothing."""

    refusal = None

    def send_messages(self, messages):
        raise self.refusal(messages[0].to[0])
