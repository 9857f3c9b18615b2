import pytest

from documents.payment_text import PLAIN_SIGNS, unknown_signs, with_plain_signs


def test_latin_letters_and_plain_signs_are_known():
    assert unknown_signs(" ~\u00a0'ßçÄöœĀſȘȚț€\\/&<>") == ""


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\x00", "\x7f", "\x9f", "ƀ", "ȗ", "ȝ", "’", "漢", "🙂", "u\u0308"])
def test_every_other_sign_is_unknown(sign):
    assert unknown_signs(f"Bi{sign}el") == sign.removeprefix("u")


def test_unknown_signs_are_named_once_and_in_their_order():
    assert unknown_signs("漢–字 漢") == "漢–字"


def test_typographic_signs_become_plain_ones():
    assert with_plain_signs("Service social d’Yverdon – „Nord“ …") == 'Service social d\'Yverdon - "Nord" ...'


def test_what_is_written_instead_is_known():
    assert unknown_signs(with_plain_signs("".join(PLAIN_SIGNS))) == ""
