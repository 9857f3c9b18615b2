import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.urls import reverse

from config.demo_mail import FILES

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = FILES
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return settings


def send(settings, subject, text):
    mail = EmailMultiAlternatives(subject, text, to=["samira@example.org"])
    mail.attach_alternative("<p>The same in HTML</p>", "text/html")
    EmailBackend(file_path=settings.EMAIL_FILE_PATH).send_messages([mail])


def test_the_newest_mail_stands_first_and_its_link_can_be_followed(client, demo):
    send(demo, "Your access for Sozialdienst Lindental", "Good day\n\nhttp://localhost:8000/home/?a=1&b=2\n")
    send(demo, "Prêt à partir – dès mardi", "Bonjour\n")
    listed = client.get(reverse("demo_mail"))
    subjects = [mail.subject for mail in listed.context["mails"]]
    assert subjects == ["Prêt à partir – dès mardi", "Your access for Sozialdienst Lindental"]
    shown = client.get(reverse("demo_mail_show", args=[listed.context["mails"][1].name]))
    assert 'href="http://localhost:8000/home/?a=1&amp;b=2"' in shown.content.decode()
    assert "samira@example.org" in shown.content.decode()


def test_two_mails_of_one_second_in_one_file_are_two_mails(client, demo):
    mails = [EmailMessage(f"Code {n}", "K7Q", to=["a@example.org"]) for n in (1, 2)]
    EmailBackend(file_path=demo.EMAIL_FILE_PATH).send_messages(mails)
    listed = client.get(reverse("demo_mail")).context["mails"]
    assert [mail.subject for mail in listed] == ["Code 2", "Code 1"]
    assert client.get(reverse("demo_mail_show", args=[listed[1].name])).context["mail"].subject == "Code 1"


def test_a_mail_of_text_alone_ends_where_its_words_end(client, demo):
    EmailBackend(file_path=demo.EMAIL_FILE_PATH).send_messages([EmailMessage("Your code", "K7Q", to=["a@example.org"])])
    assert [mail.text for mail in client.get(reverse("demo_mail")).context["mails"]] == ["K7Q"]


def test_markup_in_a_mail_stays_text(client, demo):
    send(demo, "<script>alert(1)</script>", "<script>alert(2)</script>")
    listed = client.get(reverse("demo_mail"))
    shown = client.get(reverse("demo_mail_show", args=[listed.context["mails"][0].name]))
    assert "<script>alert" not in listed.content.decode() + shown.content.decode()


def test_an_empty_demo_says_how_to_get_a_mail(client, demo):
    assert "No mail yet" in client.get(reverse("demo_mail")).content.decode()


def test_a_demo_with_a_mail_server_says_that_the_mails_are_there(client, demo):
    demo.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "look there" in client.get(reverse("demo_mail")).content.decode()


@pytest.mark.parametrize("name", ["20261124-080000-1", "..", "passwd"])
def test_a_mail_that_is_not_there_is_not_found(client, demo, name):
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_outside_of_a_demo_the_pages_do_not_exist_for_nobody_and_for_no_admin(client, demo, admin):
    send(demo, "Your access", "Good day")
    name = client.get(reverse("demo_mail")).context["mails"][0].name
    demo.DEMO = False
    for visitor in (None, admin):
        if visitor:
            client.force_login(visitor)
        assert client.get("/demo/mail/").status_code == 404
        assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_the_sign_in_page_leads_there_in_a_demo_only(client, demo):
    assert "/demo/mail/" in client.get("/accounts/login/").content.decode()
    demo.DEMO = False
    assert "/demo/mail/" not in client.get("/accounts/login/").content.decode()
