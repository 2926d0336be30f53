"""Small numbers stay hidden, also from those who subtract one published figure from another."""

import itertools
import random

from bot.domain.suppression import LEAST, OTHER, parts, shown


def test_a_count_below_five_is_only_said_to_be_so():
    assert [shown(count) for count in (0, 1, 4, 5, 12)] == [0, "<5", "<5", 5, 12]


def test_no_split_of_a_small_total():
    assert parts({"ur": 2, "pl": 2}) is None


def test_the_next_smallest_joins_a_small_rest():
    assert parts({"ur": 20, "pl": 7, "ps": 1}) == {"ur": 20, OTHER: 8}


def test_small_ones_together_are_one_figure_without_names():
    assert parts({"ur": 20, "pl": 3, "ps": 4}) == {"ur": 20, OTHER: 7}


def test_nothing_is_published_where_all_would_be_other():
    assert parts({"ur": 4, "pl": 3}) is None
    assert parts({"ur": 6, "pl": 1}) is None


def test_no_small_part_follows_from_what_is_published():
    """For every small part there is another set of counts, that gives the same table, in which it is another number."""
    dice = random.Random(11)
    for _ in range(40):
        counts = {name: dice.randint(0, 10) for name in ("ar", "bn", "pl", "ur")}
        table = parts(counts) or {}
        if sum(counts.values()) < LEAST:
            assert not table
            continue
        assert not table or (sum(table.values()) == sum(counts.values()) and min(table.values()) >= LEAST)
        for name, count in counts.items():
            if 0 < count < LEAST:
                assert name not in table
                assert len(_possible(name, counts, table)) > 1, counts


def _possible(name, counts, table):
    """What a reader who knows every language that there is must still reckon with."""
    hidden = [each for each in counts if each not in table]
    found = set()
    total = sum(counts.values())
    for guess in itertools.product(range(11), repeat=len(hidden)):
        if sum(guess) + sum(table.get(each, 0) for each in counts) != total:
            continue
        tried = {**{each: table[each] for each in counts if each in table}, **dict(zip(hidden, guess, strict=True))}
        if (parts(tried) or {}) == table:
            found.add(tried[name])
    return found
