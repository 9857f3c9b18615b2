"""The matching is pure: no database."""

from requests.matching import Laptop, Wish, propose


def laptop(key, system="linux", keyboard="ch-de", memory_gb=8, grade="A"):
    return Laptop(key, system, keyboard, memory_gb, grade)


def wish(key, system="linux", keyboard="ch-de"):
    return Wish(key, system, keyboard)


def given(wishes, laptops):
    return [proposal.laptop and proposal.laptop.key for proposal in propose(wishes, laptops)]


def why(wished, *laptops):
    return propose([wished], laptops)[0].reasons


def test_the_first_in_turn_gets_the_plainest_that_suits_and_no_laptop_goes_twice():
    shelf = [laptop(1, memory_gb=16), laptop(3, memory_gb=4), laptop(2, memory_gb=4)]
    assert given([wish(10), wish(11), wish(12), wish(13)], shelf) == [2, 3, 1, None]


def test_of_two_that_suit_alike_the_better_one_goes_first_however_long_the_other_is_here():
    assert given([wish(10)], [laptop(1, grade="B"), laptop(2, grade="A")]) == [2]


def test_a_linux_laptop_needs_4_gb_and_a_windows_laptop_8():
    assert (
        given([wish(1), wish(2, "windows")], [laptop(1, memory_gb=3), laptop(2, "windows", memory_gb=7)]) == [None] * 2
    )
    assert given([wish(1), wish(2, "windows")], [laptop(1, memory_gb=4), laptop(2, "windows", memory_gb=8)]) == [1, 2]


def test_each_that_waits_says_what_stands_in_the_way():
    assert why(wish(1)) == ("nothing_ready",)
    assert why(wish(1), laptop(1, "windows")) == ("other_system",)
    assert why(wish(1), laptop(1, keyboard="ch-fr")) == ("other_keyboard",)
    assert why(wish(1), laptop(1, memory_gb=2)) == ("too_little_memory",)
    assert why(wish(1), laptop(1, grade="C")) == ("grade_below_b",)
    assert why(wish(1), laptop(1, "windows", "ch-fr"), laptop(2, grade="C")) == ("grade_below_b",)  # the nearest
    assert propose([wish(1), wish(2)], [laptop(1)])[1].reasons == ("all_taken",)


def test_what_goes_to_earlier_wishes_is_not_given_but_says_why_nothing_is_left():
    (proposal,) = propose([wish(1)], [], stock=[laptop(1), laptop(2, keyboard="ch-fr")])
    assert (proposal.laptop, proposal.reasons) == (None, ("all_taken",))
    (proposal,) = propose([wish(1)], [laptop(3, memory_gb=16)], stock=[laptop(1)])
    assert proposal.laptop == laptop(3, memory_gb=16)
