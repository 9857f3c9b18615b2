"""Somebody else holds what an action needs, or each waits for the other: a sentence, never a fault of ours."""

import threading

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from jobs.models import Job
from people.models import User
from records.refusals import Refused, sentence_for
from web.forms import attempt

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = "Somebody else is working on this just now. Try again."


def provoke(code):
    """Let the database raise the error with this SQLSTATE."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")


@pytest.mark.parametrize(("code", "sentence"), [("55P03", BUSY), ("40P01", BUSY), ("57014", None), ("57P01", None)])
def test_waiting_in_vain_and_for_each_other_have_a_sentence_and_other_faults_none(code, sentence):
    with pytest.raises(OperationalError) as failed:
        provoke(code)
    found = sentence_for(failed.value)
    assert (found and str(found)) == sentence


def test_a_form_says_it_beside_what_was_typed_and_hides_no_fault_of_ours():
    form = forms.Form({})
    assert attempt(form, lambda: provoke("40P01")) is None
    assert form.non_field_errors() == [BUSY]
    with pytest.raises(OperationalError):
        attempt(forms.Form({}), lambda: provoke("57014"))


def test_a_page_that_waited_too_long_says_so_on_the_page_one_came_from(client, admin):
    dead = Job.objects.create(kind="tests.action", subject="people.user:1", state="dead", ended_at="2026-11-23T08:00Z")
    client.force_login(admin)
    answers = []

    def press():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
            answers.append(client.post(f"/jobs/{dead.pk}/try-again/", headers={"referer": "http://testserver/jobs/"}))
        finally:
            connections.close_all()

    with transaction.atomic():
        Job.objects.select_for_update().get()
        presser = threading.Thread(target=press)
        presser.start()
        presser.join(20)
    (answer,) = answers
    assert (answer.status_code, answer.url) == (303, "/jobs/")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [BUSY]


def test_the_very_same_address_twice_is_refused_like_one_in_other_letters():
    User.objects.create_user("nina@example.org")
    for email in ("nina@example.org", "Nina@example.org"):
        with pytest.raises(IntegrityError) as failed:
            User(email=email).save()
        assert str(sentence_for(failed.value)) == "Somebody signs in with this e-mail address already."


def test_a_refusal_is_its_own_sentence():
    assert sentence_for(Refused("No address.")) == "No address."
