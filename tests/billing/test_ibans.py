import pytest

from billing.ibans import is_iban, is_qr_iban


def test_the_accounts_of_the_guidelines():
    assert [is_iban("CH5800791123000889012"), is_qr_iban("CH5800791123000889012")] == [True, False]
    assert [is_iban("CH4431999123000889012"), is_qr_iban("CH4431999123000889012")] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CH4431999123000889013",
        "ch4431999123000889012",
        "CH44 3199 9123 0008 8901 2",
        "CH443199912300088901",
        "CH4431999123000889012\n",
        "CHA431999123000889012",
        "DE89370400440532013000",
    ],
)
def test_what_is_no_swiss_iban(text):
    assert not is_iban(text)
    assert not is_qr_iban(text)


@pytest.mark.parametrize(
    ("text", "is_for_references"),
    [
        ("CH5029999000000000000", False),
        ("CH5830000000000000000", True),
        ("CH4531999000000000000", True),
        ("CH5332000000000000000", False),
    ],
)
def test_a_qr_iban_is_known_by_its_banks_number(text, is_for_references):
    assert is_iban(text)
    assert is_qr_iban(text) is is_for_references
