"""What laptops spare: exact values, whatever the site's figures are."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from config import impact
from config.templatetags.estimates import carbon_band, parameter_value, plain


def test_a_laptop_spares_between_half_a_new_one_and_a_whole_one_less_our_own_part():
    # 0.5 × (120 + 4.5 + 32) − 6 = 72.25 and 1 × 156.5 − 6 = 150.5
    assert impact.carbon_per_laptop() == (Decimal("72.25"), Decimal("150.5"))


@pytest.mark.parametrize(
    ("laptops", "band", "words"),
    [
        (0, (0, 0), "0 to 0\u00a0kg"),
        (1, (72, 150), "72 to 150\u00a0kg"),
        (10, (720, 1500), "720 to 1’500\u00a0kg"),
        (14, (1000, 2100), "1 to 2.1\u00a0t"),
        (276, (20_000, 42_000), "20 to 42\u00a0t"),
        (4812, (350_000, 720_000), "350 to 720\u00a0t"),
        (100_000, (7_200_000, 15_000_000), "7’200 to 15’000\u00a0t"),
    ],
)
def test_the_band_has_two_digits_and_the_unit_that_suits(laptops, band, words):
    assert impact.carbon(laptops) == band
    assert carbon_band(impact.carbon(laptops)) == words


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0", "0"),
        ("7", "7"),
        ("99.4", "99"),
        ("99.6", "100"),
        ("150.5", "150"),
        ("748266", "750000"),
        ("1443600", "1400000"),
        ("0.4567", "0.46"),
    ],
)
def test_an_estimate_claims_two_digits(value, rounded):
    assert impact.rounded(Decimal(value)) == Decimal(rounded)
    assert "E" not in str(impact.rounded(Decimal(value)))


@pytest.mark.parametrize(("contribution", "saved"), [("150.00", 1_400_000), ("250.00", 960_000), ("500.00", 0)])
def test_money_is_the_price_of_a_new_one_less_the_contribution(contribution, saved):
    assert impact.money_saved(4812, Decimal(contribution)) == saved


def test_every_parameter_says_where_it_comes_from_and_since_when():
    for parameter in impact.PARAMETERS:
        assert str(parameter.meaning)
        assert str(parameter.source)
        assert date(2020, 1, 1) <= parameter.as_of <= date.today()
        with pytest.raises(FrozenInstanceError):
            parameter.value = 1
    assert [parameter_value(each) for each in impact.PARAMETERS] == [
        "120\u00a0kg",
        "4.5\u00a0kg",
        "32\u00a0kg",
        "6\u00a0kg",
        "50\u00a0%",
        "100\u00a0%",
        "CHF\u00a0450",
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, {}),
        ({"BE": 68, "VD": 5}, {"BE": 68, "VD": 5}),
        ({"BE": 68, "TG": 0}, {"BE": 68, "TG": None}),
        # One alone would be what is missing in the total: the next smallest is not told either.
        ({"BE": 68, "VD": 9, "TG": 4}, {"BE": 68, "VD": None, "TG": None}),
        # Two that make three, as well.
        ({"BE": 68, "VD": 9, "TG": 1, "AR": 2}, {"BE": 68, "VD": None, "TG": None, "AR": None}),
        ({"BE": 68, "VD": 9, "TG": 4, "AR": 2}, {"BE": 68, "VD": 9, "TG": None, "AR": None}),
        ({"TG": 4}, {"TG": None}),
    ],
)
def test_no_count_below_five_is_told_nor_left_to_be_worked_out(counts, told):
    assert impact.without_small(counts) == told


@pytest.mark.parametrize(("value", "words"), [("1900.00", "1’900"), ("72.250", "72.25"), ("10", "10"), ("0", "0")])
def test_a_number_has_no_idle_zeros(value, words):
    assert plain(Decimal(value)) == words
