"""The matching is pure: no database."""

import random

import pytest

from requests.matching import MEMORY_GB, Laptop, Wish, obstacles, propose

KINDS = [(system, keyboard) for system in MEMORY_GB for keyboard in ("ch-de", "ch-fr")]
MEMORIES = (2, 4, 8, 16)


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


@pytest.fixture(params=range(60))
def some(request):
    """A queue and a shelf made by chance, as other numbers give others."""
    chance = random.Random(request.param)
    systems, keyboards = ["linux", "windows"], ["ch-de", "ch-fr"]
    wishes = [wish(key, chance.choice(systems), chance.choice(keyboards)) for key in range(chance.randrange(30))]
    laptops = [
        laptop(key, chance.choice(systems), chance.choice(keyboards), chance.choice(MEMORIES), chance.choice("ABC"))
        for key in chance.sample(range(1000), chance.randrange(30))
    ]
    return wishes, laptops, chance


def test_whatever_waits_and_is_ready_no_laptop_goes_twice_none_that_does_not_suit_and_the_oldest_come_first(some):
    wishes, laptops, _chance = some
    proposals = propose(wishes, laptops)
    assert [each.wish for each in proposals] == wishes
    gone = [each.laptop.key for each in proposals if each.laptop]
    assert len(gone) == len(set(gone))
    assert not any(obstacles(each.wish, each.laptop) for each in proposals if each.laptop)
    served = [each.laptop is not None for each in proposals]
    alike = [
        [ok for ok, each in zip(served, wishes, strict=True) if (each.system, each.keyboard) == kind] for kind in KINDS
    ]
    assert alike == [sorted(turns, reverse=True) for turns in alike]  # of those alike, none is passed over
    for each in proposals:  # who gets none could not have had one of those that are left
        left = [one for one in laptops if one.key not in gone]
        assert each.laptop or all(obstacles(each.wish, one) for one in left)


def test_the_same_queue_and_shelf_give_the_same_in_whatever_order_the_shelf_is_read(some):
    wishes, laptops, chance = some
    assert propose(wishes, laptops) == propose(wishes, chance.sample(laptops, len(laptops)))


def test_one_more_laptop_takes_none_away_from_who_had_one(some):
    wishes, laptops, _chance = some
    before = {each.wish.key for each in propose(wishes, laptops) if each.laptop}
    for system, keyboard in KINDS:
        more = [*laptops, laptop(5000, system, keyboard)]
        after = {each.wish.key for each in propose(wishes, more) if each.laptop}
        assert before <= after
        assert len(after - before) <= 1


def test_each_reason_is_true_of_its_pair(some):
    wishes, laptops, _chance = some
    for each in propose(wishes, laptops):
        if each.laptop:
            assert each.reasons == ("system", "memory", "keyboard", "grade", "oldest_approval")
            assert each.laptop.system == each.wish.system and each.laptop.keyboard == each.wish.keyboard
            assert each.laptop.memory_gb >= MEMORY_GB[each.wish.system] and each.laptop.grade in "AB"
        elif each.reasons == ("nothing_ready",):
            assert not laptops
        elif each.reasons == ("all_taken",):
            assert any(not obstacles(each.wish, one) for one in laptops)
        else:
            nearest = min(len(obstacles(each.wish, one)) for one in laptops)
            assert nearest == len(each.reasons) > 0
            assert any(obstacles(each.wish, one) == each.reasons for one in laptops)
