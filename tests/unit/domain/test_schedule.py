"""Rules that repeat, wall times that do not exist or come twice, and when it is quiet."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import Rule, exists, instant, monthly, planned, quiet_until
from bot.errors import InvalidInput

LONDON = "Europe/London"
TUESDAY = datetime.fromisoformat("2026-12-01T10:00")
ZONES = (
    LONDON,
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Asia/Karachi",
    "America/Nuuk",
    "Africa/Cairo",
)


def _times(text: str, count: int = 3, first: datetime = TUESDAY) -> list[str]:
    found = islice(Rule.read(text, first, LONDON).after(first), count)
    return [each.strftime("%Y-%m-%dT%H:%M") for each in found]


# Instants


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2026-12-01T10:00", LONDON, "2026-12-01T10:00"),
        ("2027-07-01T10:00", LONDON, "2027-07-01T09:00"),
        ("2027-03-28T01:30", LONDON, "2027-03-28T01:00"),  # never: the first moment after the gap
        ("2026-10-25T01:30", LONDON, "2026-10-25T00:30"),  # twice: the first
        ("2027-10-03T02:15", "Australia/Lord_Howe", "2027-10-02T15:30"),  # a gap of half an hour
        ("2011-12-30T10:00", "Pacific/Apia", "2011-12-30T10:00"),  # a day that never was: the start of the next
    ],
)
def test_a_wall_time_becomes_one_instant(local: str, zone: str, expected: str) -> None:
    assert instant(datetime.fromisoformat(local), zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(st.datetimes(*map(datetime.fromisoformat, ("2020-01-01", "2037-01-01"))), st.sampled_from(ZONES))
def test_a_wall_time_that_exists_is_shown_at_its_instant(local: datetime, zone: str) -> None:
    shown = instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert (shown == local) == exists(local, zone)
    if shown != local:
        before = (instant(local, zone) - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert before < local < shown, "the first moment after the gap, and nothing before it"


def test_what_was_planned_is_read_by_todays_rules() -> None:
    assert planned("2027-07-01T10:00 Europe/London") == datetime(2027, 7, 1, 9, tzinfo=UTC)
    assert planned("2026-10-25T01:30+00:00 Europe/London") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert planned(None) is None


# Rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY", ["2026-12-02T10:00", "2026-12-03T10:00", "2026-12-04T10:00"]),
        ("rrule:freq=weekly;byday=tu,th ", ["2026-12-03T10:00", "2026-12-08T10:00", "2026-12-10T10:00"]),
        ("FREQ=WEEKLY;INTERVAL=2", ["2026-12-15T10:00", "2026-12-29T10:00", "2027-01-12T10:00"]),
        ("FREQ=MONTHLY;BYDAY=1TU", ["2027-01-05T10:00", "2027-02-02T10:00", "2027-03-02T10:00"]),
        ("FREQ=MONTHLY;BYDAY=-5TU", ["2027-03-02T10:00", "2027-06-01T10:00", "2027-08-03T10:00"]),
        ("FREQ=YEARLY;BYDAY=48TU", ["2027-11-30T10:00", "2028-11-28T10:00", "2029-11-27T10:00"]),
        ("FREQ=DAILY;COUNT=3", ["2026-12-02T10:00", "2026-12-03T10:00"]),
        ("FREQ=DAILY;UNTIL=20261203", ["2026-12-02T10:00", "2026-12-03T10:00"]),
        ("FREQ=DAILY;UNTIL=20261203T100000Z", ["2026-12-02T10:00", "2026-12-03T10:00"]),
        ("FREQ=DAILY;UNTIL=20261203T095959", ["2026-12-02T10:00"]),
        ("FREQ=DAILY;COUNT=1", []),
    ],
)
def test_a_rule_repeats_its_first_time(text: str, expected: list[str]) -> None:
    assert _times(text) == expected


def test_until_in_utc_is_compared_on_the_clock_of_the_zone() -> None:
    first = datetime.fromisoformat("2027-07-01T10:00")
    assert _times("FREQ=DAILY;UNTIL=20270702T090000Z", first=first) == ["2027-07-02T10:00"]
    assert _times("FREQ=DAILY;UNTIL=20270702T085959Z", first=first) == []


def test_the_twenty_ninth_of_february_and_the_last_of_each_month() -> None:
    assert _times("FREQ=YEARLY", 2, datetime.fromisoformat("2028-02-29T10:00")) == [
        "2032-02-29T10:00",
        "2036-02-29T10:00",
    ]
    first = datetime.fromisoformat("2026-12-31T10:00")
    assert _times(monthly(first), 3, first) == ["2027-01-31T10:00", "2027-02-28T10:00", "2027-03-31T10:00"]


@given(st.datetimes(*map(datetime.fromisoformat, ("2024-01-01", "2030-01-01"))))
def test_every_month_on_this_day_leaves_no_month_out(first: datetime) -> None:
    first = first.replace(second=0, microsecond=0)
    found = list(islice(Rule.read(monthly(first), first, LONDON).after(first), 14))
    assert [(each.year * 12 + each.month) - (first.year * 12 + first.month) for each in found] == list(range(1, 15))
    assert all(each.day == first.day or (each + timedelta(days=1)).day == 1 for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "", ";", "daily", "FREQ=", "FREQ=FORTNIGHTLY", "INTERVAL=2", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=2;UNTIL=20261224", "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;UNTIL=20261399", "FREQ=DAILY;UNTIL=20261130", "FREQ=DAILY;BYDAY=1TU", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6", "FREQ=DAILY\nEXDATE:20261202T100000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=2",
        "FREQ=DAILY;BYEASTER=0", "FREQ=DAILY;COUNT=٣", "X" * 5_000,
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_one_plain_sentence(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Rule.read(text, TUESDAY, LONDON)
    said = str(refused.value)
    assert len(said) < 160
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    "text", ["FREQ=HOURLY", "FREQ=MINUTELY", "freq=secondly", "FREQ=DAILY;BYHOUR=3,4", "FREQ=DAILY;BYMINUTE=1"]
)
def test_nothing_repeats_within_a_day(text: str) -> None:
    with pytest.raises(InvalidInput, match="once a day at the most"):
        Rule.read(text, TUESDAY, LONDON)


# Quiet hours


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hours", "end"),
    [
        ("2026-12-01T21:59", (22 * 60, 8 * 60), None),
        ("2026-12-01T22:00", (22 * 60, 8 * 60), "2026-12-02T08:00"),
        ("2026-12-02T07:59:59", (22 * 60, 8 * 60), "2026-12-02T08:00"),
        ("2026-12-02T08:00", (22 * 60, 8 * 60), None),
        ("2026-12-01T13:30", (13 * 60, 15 * 60), "2026-12-01T15:00"),
        ("2026-12-01T15:00", (13 * 60, 15 * 60), None),
        ("2026-12-01T10:00", (0, 0), None),
        ("2027-03-27T22:30", (22 * 60, 8 * 60), "2027-03-28T07:00"),  # the night is an hour shorter
        ("2026-10-24T21:30", (22 * 60, 8 * 60), "2026-10-25T08:00"),  # and an hour longer
        ("2027-03-28T00:30", (23 * 60, 90), "2027-03-28T01:00"),  # it ends in the hour that never is
        ("2026-10-25T00:15", (23 * 60, 90), "2026-10-25T00:30"),  # and in the hour that comes twice
        ("2026-10-25T01:15", (23 * 60, 90), "2026-10-25T01:30"),
    ],
)
def test_when_it_is_quiet_and_until_when(now: str, hours: tuple[int, int], end: str | None) -> None:
    assert quiet_until(_at(now), *hours, LONDON) == (None if end is None else _at(end))


def test_without_hours_it_is_never_quiet() -> None:
    assert quiet_until(_at("2026-12-01T03:00"), None, None, LONDON) is None
    assert quiet_until(_at("2026-12-01T03:00"), 60, None, LONDON) is None


@given(
    st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 24 * 60 - 1), st.integers(0, 1439),
    st.integers(0, 1439), st.sampled_from(ZONES),
)  # fmt: skip
def test_quiet_hours_end_in_the_future_and_then_it_is_not_quiet(
    day: date, minute: int, start: int, end: int, zone: str
) -> None:
    now = datetime.combine(day, time(minute // 60, minute % 60), UTC)
    until = quiet_until(now, start, end, zone)
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        assert quiet_until(until, start, end, zone) is None
