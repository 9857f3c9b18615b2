import pytest

from billing.references import LARGEST_NUMBER, is_qr_reference, qr_reference


@pytest.mark.parametrize(
    ("prefix", "number", "reference"),
    [("", 1, "000000000000002026000000012"), ("210000", 463, "210000000000002026000004635")],
)
def test_a_reference_has_27_digits_and_a_check_digit(prefix, number, reference):
    assert qr_reference(prefix, 2026, number) == reference


def test_the_official_example_has_check_digit_7():
    assert [digit for digit in "0123456789" if is_qr_reference(f"21000000000313947143000901{digit}")] == ["7"]


@pytest.mark.parametrize("prefix", ["", "210000", "9999999999"])
@pytest.mark.parametrize("number", [1, 463, LARGEST_NUMBER])
def test_what_is_built_is_a_reference(prefix, number):
    reference = qr_reference(prefix, 2026, number)
    assert is_qr_reference(reference)
    assert reference.startswith(prefix)


@pytest.mark.parametrize(("prefix", "number"), [("12345678901", 1), ("12a", 1), ("", 0), ("", LARGEST_NUMBER + 1)])
def test_one_that_does_not_fit_is_never_built(prefix, number):
    with pytest.raises(ValueError, match="at most"):
        qr_reference(prefix, 2026, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 27,
        "210000000003139471430009016",
        "21000000000313947143000901",
        "2100000000031394714300090170",
        "210000000003139471430009017\n",
        "RF18539007547034",
        "٢١٠٠٠٠٠٠٠٠٠٣١٣٩٤٧١٤٣٠٠٠٩٠١٧",
    ],
)
def test_what_is_no_reference(text):
    assert not is_qr_reference(text)
