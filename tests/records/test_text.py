import pytest

from records.text import clean, clean_lines, fold, with_numbers

SPACES = (
    " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_every_kind_of_space_is_one_space(space):
    assert clean(f"{space}Val{space}{space}d’Essai{space}") == "Val d’Essai"


def test_decomposed_letters_are_composed():
    assert clean("Mu\u0308li-Ba\u0308chau") == "Müli-Bächau"


def test_what_draws_nothing_is_no_space_and_stays_to_be_refused():
    assert clean("Bi\u200bel\u202e") == "Bi\u200bel\u202e"


def test_lines_stay_lines_where_there_may_be_several():
    assert clean_lines("\n fusioniert\u00a0 mit\r\n9004 \u202f\n\n") == "fusioniert mit\n9004"
    assert clean_lines("  ") == ""


def test_names_that_differ_in_capitals_and_composition_are_one():
    assert fold("SOZIALDIENST\u202fMU\u0308LI  Strasse") == fold("Sozialdienst Müli Straße")
    assert fold("Buchs") != fold("Büchs")


def test_refused_signs_are_shown_with_their_numbers():
    assert with_numbers("漢\u202e\u0301🙂") == "漢 (U+6F22), U+202E, U+0301, 🙂 (U+1F642)"
    assert with_numbers("") == ""
