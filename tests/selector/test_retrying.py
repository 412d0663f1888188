"""A server in trouble is asked again for as long as it was said, and no longer."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from selector.retrying import LONGEST_WAIT, NoAnswer, TryAgain, may_recover, retry_after, retrying


def asked(*answers, waits=(1.0, 2.0, 4.0)):
    """What comes of a server that gives these answers one after the other, and the pauses that were made."""
    pauses, left = [], iter(answers)

    def ask():
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    try:
        return retrying(ask, waits=waits, wait=lambda seconds, trouble: pauses.append(seconds)), pauses
    except NoAnswer as error:
        return error, pauses


def test_an_answer_at_once_waits_for_nothing():
    assert asked("yes") == ("yes", [])


def test_each_pause_is_at_most_half_shorter_than_its_turn():
    answer, pauses = asked(TryAgain("busy"), TryAgain("busy"), "yes")
    assert answer == "yes"
    assert 0.5 <= pauses[0] <= 1 and 1 <= pauses[1] <= 2


def test_a_server_that_says_how_long_is_asked_then():
    assert asked(TryAgain("busy", after=7.0), TryAgain("busy", after=0.0), "yes") == ("yes", [7.0, 0.0])


def test_after_the_last_pause_the_last_trouble_is_the_reason():
    error, pauses = asked(*(TryAgain(f"status {status}") for status in (500, 502, 503, 504)))
    assert (str(error), error.attempts, len(pauses)) == ("status 504", 4, 3)


def test_another_exception_is_not_tried_again():
    with pytest.raises(ValueError, match="no JSON"):
        asked(ValueError("no JSON"), "yes")


def test_only_too_many_requests_and_the_servers_own_trouble_may_recover():
    assert [status for status in (200, 301, 400, 404, 422, 429, 500, 503) if may_recover(status)] == [429, 500, 503]


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), (" 0 ", 0), ("999999", LONGEST_WAIT), ("soon", None), ("", None), ("-1", None)]
)
def test_retry_after_in_seconds(told, seconds):
    assert retry_after(told) == seconds


def test_retry_after_as_a_date():
    in_a_while = datetime.now(UTC) + timedelta(seconds=100)
    assert 90 < (retry_after(format_datetime(in_a_while, usegmt=True)) or 0) <= 100
    assert retry_after(format_datetime(in_a_while - timedelta(days=1), usegmt=True)) == 0
