from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from documents.templatetags import swiss


@pytest.fixture
def speaking():
    """Switches the reader's language for one test."""
    before = translation.get_language()
    yield translation.activate
    translation.activate(before)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1590"), "1’590.00"),
        (150, "150.00"),
        (Decimal("1234567.8"), "1’234’567.80"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-150"), "−150.00"),
        (0, "0.00"),
        (None, ""),
    ],
)
def test_amounts_have_two_decimals_and_marked_thousands(value, written):
    assert swiss.amount(value) == written


def test_money_names_its_currency():
    assert swiss.money(Decimal("1590")) == "CHF 1’590.00"
    assert swiss.money(0) == "CHF 0.00"
    assert swiss.money(None) == ""


def test_francs_in_a_sentence_have_rappen_only_where_there_are_some():
    written = [swiss.francs(value) for value in (Decimal("150.00"), Decimal("99.50"), 1_400_000, 0, None)]
    assert written == ["CHF\u00a0150", "CHF\u00a099.50", "CHF\u00a01’400’000", "CHF\u00a00", ""]


def test_counts_have_marked_thousands():
    assert swiss.number(4812) == "4’812"
    assert swiss.number(0) == "0"


def test_an_amount_of_data_has_the_readers_unit(speaking):
    assert [swiss.size(1000), swiss.size(12, "KB"), swiss.size(None)] == ["1’000\u00a0GB", "12\u00a0KB", ""]
    speaking("fr")
    assert [swiss.size(8), swiss.size(12, "KB")] == ["8\u00a0Go", "12\u00a0Ko"]


def test_days_in_tables_are_numbers():
    assert swiss.day(date(2026, 11, 24)) == "24.11.2026"
    assert swiss.day(None) == ""


def test_a_moment_belongs_to_the_day_it_has_in_switzerland():
    assert swiss.day(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == "01.11.2026"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "24 November 2020"),
        ("de", "24. November 2020"),
        ("fr", "24 novembre 2020"),
        ("it", "24 novembre 2020"),
        ("uk", "24 листопада 2020"),
    ],
)
def test_days_in_sentences_speak_the_readers_language(speaking, language, written):
    speaking(language)
    assert swiss.day_words(date(2020, 11, 24)) == written


def test_french_and_italian_say_the_first(speaking):
    speaking("fr")
    assert swiss.day_words(date(2020, 2, 1)) == "1er février 2020"
    assert swiss.day_words(date(2020, 2, 11)) == "11 février 2020"
    speaking("it")
    assert swiss.day_words(date(2020, 2, 1)) == "1º febbraio 2020"


def test_this_year_goes_without_saying(speaking):
    speaking("en")
    today = swiss.timezone.localdate()
    assert swiss.day_words(today) == f"{today.day} {today:%B}"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Thu 12 Nov 2020, 09:08"),
        ("de", "Do 12. Nov 2020, 09:08"),
        ("fr", "jeu. 12 nov. 2020, 09:08"),
        ("it", "gio 12 nov 2020, 09:08"),
    ],
)
def test_a_moment_has_weekday_day_and_time(speaking, language, written):
    speaking(language)
    assert swiss.moment(datetime(2020, 11, 12, 8, 8, tzinfo=UTC)) == written


def test_french_shortens_months_as_one_does(speaking):
    speaking("fr")
    told = [swiss.moment(datetime(2020, month, 5, 12, tzinfo=UTC))[:-12] for month in (3, 6, 7, 8)]
    assert told == ["jeu. 5 mars", "ven. 5 juin", "dim. 5 juil.", "mer. 5 août"]


def test_a_promised_day_has_a_comma_only_where_the_language_does(speaking):
    day = date(2020, 11, 24)
    for language, written in (
        ("en", "Tuesday, 24 November 2020"),
        ("fr", "mardi 24 novembre 2020"),
        ("it", "martedì 24 novembre 2020"),
    ):
        speaking(language)
        assert swiss.weekday(day) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("+41791234567", "079 123 45 67"),
        ("031 380 12 34", "031 380 12 34"),
        ("+4930901820", "+49 30 901820"),
        ("ask at the desk", "ask at the desk"),
        (None, ""),
    ],
)
def test_phone_numbers_are_written_as_one_dials_them(value, written):
    assert swiss.phone(value) == written
