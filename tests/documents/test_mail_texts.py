"""Mails in words of the association's own: what may stand in them, how they go out, and the way back."""

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template

from documents.mail import DOORS, FOOT, KINDS, Envelope, example, original_words, render
from documents.mail_words import Piece, fill, names_in, paragraphs
from documents.models import Mail, MailText
from jobs.actions import run
from jobs.models import Job
from partners.models import Membership

pytestmark = pytest.mark.django_db
ONE_BY_ONE = {"partners.notice"}  # its words are written for each
URL = "/settings/mails/partners.invited/?language=de"
OWN = {
    "subject": "Willkommen bei {organisation}",
    "body": "Grüezi {person}\n\n{who_invites} <b>Wichtig</b>\n{how}\n\n{link}",
}


def test_every_kind_of_mail_has_words_that_can_be_changed():
    ours = {kind for kind in DOORS if not kind.startswith("tests.")}
    assert ours - ONE_BY_ONE == set(KINDS), "give these mails a title and names in `@mail`"
    for kind, about in KINDS.items():
        assert any(name.is_needed for name in about.names.values()), kind
        assert not any(name.in_subject for key, name in about.names.items() if key in ("person", "link", "code_link"))


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_the_original_of_every_kind_names_only_what_is_known_and_begins_the_own_text(client, admin, language):
    client.force_login(admin)
    for kind, about in KINDS.items():
        subject, body = original_words(kind, language)
        assert set(names_in(subject + body)) <= set(about.names), kind
        assert {name for name, each in about.names.items() if each.is_needed} <= set(names_in(body)), kind
        page = client.post(f"/settings/mails/{kind}/?language={language}", {"subject": subject, "body": body})
        assert page.status_code == 302, (kind, page.content.decode())
        read = example(kind, language, subject, body)
        assert "{" not in read.subject + read.text
        assert FOOT in read.text
    assert MailText.objects.count() == len(KINDS)


@pytest.fixture
def send(social_worker, mailoutbox):
    """The invitation as it goes out now."""

    def send(language="de", **columns):
        mailoutbox.clear()
        type(social_worker).objects.filter(pk=social_worker.pk).update(language=language, **columns)
        Membership.objects.update(accepted_at=None)
        Mail.objects.plan("partners.invited", Membership.objects.get(), reader=social_worker)
        run(Job.objects.get(state="waiting").pk)
        (sent,) = mailoutbox
        return sent

    return send


def html_of(message: EmailMultiAlternatives) -> str:
    return message.alternatives[0].content


def test_a_mail_goes_out_in_the_words_kept_for_its_language_and_they_are_only_words(client, admin, send):
    client.force_login(admin)
    client.post(URL, OWN)
    sent = send(name="Nina {link} & Co")
    assert sent.subject == "Willkommen bei Sozialdienst Lindental"
    assert sent.body.startswith("Grüezi Nina {link} & Co\n\n")
    assert "<b>Wichtig</b>\nWählen Sie hier ein Passwort" in sent.body
    assert sent.body.count("http://localhost:8000/accounts/password/") == 1
    assert "Sie bekommen diese" in sent.body.rpartition(FOOT)[2]
    html = html_of(sent)
    assert "Grüezi Nina {link} &amp; Co" in html
    assert "&lt;b&gt;Wichtig&lt;/b&gt;<br>" in html
    assert ">Anmelden</a>" in html
    assert "Sie bekommen diese" in html
    assert send("fr").subject == "Invitation\u202f: Sozialdienst Lindental"


def test_back_to_the_original_is_a_version_too(client, admin, send):
    client.force_login(admin)
    original = send()
    client.post(URL, OWN)
    assert send().body != original.body
    for _time in range(2):
        client.post(URL, {"original": "1"})
    assert send().subject == original.subject
    assert [text.subject for text in MailText.objects.order_by("pk")] == [OWN["subject"], ""]
    page = client.get(f"{URL}&text={MailText.objects.earliest('pk').pk}").content.decode()
    assert 'value="Willkommen bei {organisation}"' in page  # and can be taken again


def test_keeping_the_same_words_twice_is_as_once(client, admin):
    client.force_login(admin)
    for _time in range(2):
        client.post(URL, OWN)
    assert MailText.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"body": "Grüezi\n\n{lnik}"}, "There is no {lnik}. What stands in braces is one of {organisation}, {person}"),
        ({"body": "Grüezi\n\n{code_link}"}, "{link} is missing: without it nobody gets to the page."),
        ({"body": "{{ settings.SECRET_KEY }} {link}"}, "There is no { settings.SECRET_KEY }."),
        ({"body": "{% load x %} {link}"}, "There is no {% load x %}."),
        ({"subject": "Für {person}"}, "{person} has no place in a subject."),
        ({"subject": "{link}"}, "{link} has no place in a subject."),
    ],
)
def test_what_no_mail_can_say_is_refused_and_nothing_typed_is_lost(client, admin, wrong, sentence):
    client.force_login(admin)
    page = client.post(URL, OWN | wrong | {"look": "1"}).content.decode()
    assert sentence.replace("'", "&#x27;") in page
    assert (OWN | wrong)["body"].splitlines()[0] in page
    assert not MailText.objects.exists()


def test_it_is_looked_at_with_made_up_people_before_it_is_kept(client, admin):
    client.force_login(admin)
    page = client.post(URL, OWN | {"look": "1"}).content.decode()
    assert "Willkommen bei Sozialdienst Lindental" in page
    assert "Grüezi Nina Aebi" in page
    assert not MailText.objects.exists()


def test_where_something_in_braces_has_no_value_the_original_goes_out(admin, partner):
    body = "Bis am {day}: {link}"
    MailText.objects.write("partners.sign_again", "de", subject="Neu", body=body, by=admin)
    context = {"partner": partner, "version": "2027.1", "url": "https://example.org/"}
    assert render("partners.sign_again", Envelope("a@example.org", "de", context | {"day": "31.1."})).subject == "Neu"
    assert render("partners.sign_again", Envelope("a@example.org", "de", context | {"day": ""})).subject != "Neu"


def test_the_list_says_which_mails_speak_in_our_words(client, admin):
    client.force_login(admin)
    assert "own words" not in client.get("/settings/mails/").content.decode()
    client.post(URL, OWN)
    assert client.get("/settings/mails/").content.decode().count("own words") == 1
    client.post(URL, {"original": "1"})
    assert "own words" not in client.get("/settings/mails/").content.decode()


def test_filling_in_never_searches_a_value_for_names():
    assert fill("{a} und {b}", {"a": "{b}", "b": "B"}) == "{b} und B"
    assert names_in("{a}{b}{a} { }") == ["a", "b", " "]
    assert paragraphs("Eins {a}\n \n{l}", {"a": "A", "l": "https://x"}, {"l": "Öffnen"}) == [
        [Piece("Eins "), Piece("A")],
        [Piece("Öffnen", "https://x")],
    ]


def test_every_kind_has_both_of_its_templates():
    for kind in KINDS:
        app, _dot, name = kind.partition(".")
        for ending in ("txt", "html"):
            assert get_template(f"{app}/mail/{name}.{ending}")
