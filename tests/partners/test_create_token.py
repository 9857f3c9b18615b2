import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from partners.models import SCOPES, ApiToken
from people.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_the_secret_is_printed_once_and_opens_the_api(capsys, client, social_worker, partner):
    call_command("create_token", "WORKER@example.org", "--acting-for", partner.name.upper(), "--name", "Case software")
    printed = capsys.readouterr()
    secret = printed.out.strip()
    token = ApiToken.objects.get()
    assert secret.startswith("wg_")
    assert secret not in printed.err
    assert (token.owner, token.acting_for, token.name, token.scopes) == (
        social_worker,
        partner,
        "Case software",
        SCOPES,
    )
    assert client.get("/api/v1/requests/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert list(AuditEntry.objects.values_list("action", "on_behalf_of")) == [("issue_token", partner.pk)]


def test_scopes_may_be_named(capsys, dispatcher):
    call_command("create_token", dispatcher.email, "--scope", "requests:read", "--scope", "shipping:write")
    assert ApiToken.objects.get().scopes == ["requests:read", "shipping:write"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.org"], "Nobody signs in as nobody@example.org."),
        (["d\u0131spatch@example.org"], "Nobody signs in as d\u0131spatch@example.org."),
        (["worker@example.org"], "Worker has no role in the association."),
        (["dispatch@example.org", "--acting-for", "Sozialdienst Lindental"], "has no role in “Sozialdienst Lindental”"),
        (["stranger@example.org", "--acting-for", "Sozialdienst Lindental"], "has no role in “Sozialdienst Lindental”"),
        (["worker@example.org", "--acting-for", "UnknownRoute"], "There is no organisation “UnknownRoute”."),
    ],
)
def test_what_gives_no_right_gives_no_token(social_worker, dispatcher, stranger, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("create_token", *arguments)
    assert (ApiToken.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_revoked_token_opens_nothing_and_revoking_twice_is_as_once(capsys, client, dispatcher):
    call_command("create_token", dispatcher.email)
    secret, token = capsys.readouterr().out.strip(), ApiToken.objects.get()
    for _time in range(2):
        call_command("revoke_token", str(token.pk))
    assert client.get("/api/v1/requests/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["issue_token", "revoke_token"]
    with pytest.raises(CommandError, match="There is no token 99999999"):
        call_command("revoke_token", "99999999")


def test_the_database_knows_the_scopes(dispatcher):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ApiToken.objects.issue(owner=dispatcher, name="x", scopes=["everything"])
    assert refused.value.__cause__.diag.constraint_name == "token_scopes_are_known"
