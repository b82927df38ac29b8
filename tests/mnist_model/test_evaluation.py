from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_model.evaluation import (
    Confusion,
    cross_entropy,
    edit_distance,
    evaluate,
    wilson_interval,
)

digits = st.integers(0, 9)
readings = st.lists(st.tuples(digits, digits), min_size=1, max_size=60)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    true, read = np.array(pairs).T
    return true, read


def test_the_interval_is_that_of_a_worked_example() -> None:
    # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I: 81/263.
    interval = wilson_interval(81, 263)
    assert (interval.low, interval.high) == pytest.approx((0.2553, 0.3662), abs=0.00005)


def test_the_interval_of_a_faultless_score_leaves_room_for_doubt() -> None:
    interval = wilson_interval(10, 10)
    assert interval.high == 1
    assert interval.low == pytest.approx(0.7225, abs=0.00005)


@given(st.integers(1, 10_000), st.data())
def test_an_interval_holds_its_share_and_stays_a_share(total: int, data: st.DataObject) -> None:
    interval = wilson_interval(data.draw(st.integers(0, total)), total)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@given(st.integers(0, 50), st.integers(50, 100))
def test_more_examples_of_the_same_share_narrow_the_interval(right: int, total: int) -> None:
    few, many = wilson_interval(right, total), wilson_interval(10 * right, 10 * total)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("right", "total"), [(0, 0), (2, 1), (-1, 5)])
def test_an_impossible_share_is_refused(right: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"{right} right of {total}"):
        wilson_interval(right, total)


def test_a_small_example_by_hand() -> None:
    true = np.array([4, 4, 4, 4, 9, 9, 7])
    read = np.array([4, 4, 4, 9, 9, 4, 9])
    evaluation = evaluate(true, read)
    assert evaluation.accuracy.value == 4 / 7
    assert evaluation.confusion_matrix[4, 9] == 1  # the row is the true digit
    assert evaluation.confusion_matrix[7, 9] == 1
    four, nine, seven, one = (evaluation.digits[digit] for digit in (4, 9, 7, 1))
    assert (four.precision, four.recall, four.num_examples) == (3 / 4, 3 / 4, 4)
    assert (nine.precision, nine.recall, nine.num_examples) == (1 / 3, 1 / 2, 2)
    assert (seven.precision, seven.recall, seven.num_examples) == (None, 0, 1)
    assert (one.precision, one.recall, one.num_examples) == (None, None, 0)


def test_cross_entropy_is_the_mean_surprise_in_nats() -> None:
    probabilities = np.array([[0.5, 0.5, 0], [0.25, 0.25, 0.5]], np.float32)
    expected = (np.log(2) + np.log(4)) / 2
    assert cross_entropy(probabilities, np.array([0, 1])) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", 0),
        ("12", "", 2),
        ("", "12", 2),
        ("123", "13", 1),
        ("12", "21", 2),
        ("19", "17", 1),
    ],
)
def test_the_distance_counts_changed_missing_and_surplus_digits(
    one: str, other: str, expected: int
) -> None:
    assert edit_distance(one, other) == expected


def test_the_commonest_mistakes_come_first() -> None:
    true = np.array([7, 4, 4, 4, 4])
    read = np.array([1, 9, 9, 4, 6])
    assert evaluate(true, read).confusions == (
        Confusion(true=4, read=9, count=2),
        Confusion(true=4, read=6, count=1),
        Confusion(true=7, read=1, count=1),
    )


@given(readings)
def test_every_reading_is_in_the_confusion_matrix_once(pairs: list[tuple[int, int]]) -> None:
    matrix = evaluate(*columns(pairs)).confusion_matrix
    assert matrix.sum() == len(pairs)
    assert all(matrix[true, read] == pairs.count((true, read)) for true, read in pairs)


@given(readings)
def test_accuracy_is_the_mean_recall_weighted_by_examples(pairs: list[tuple[int, int]]) -> None:
    evaluation = evaluate(*columns(pairs))
    right = sum((score.recall or 0) * score.num_examples for score in evaluation.digits)
    assert right / len(pairs) == pytest.approx(evaluation.accuracy.value)


@given(readings, st.randoms())
def test_the_order_of_the_examples_does_not_matter(
    pairs: list[tuple[int, int]], random: Random
) -> None:
    shuffled = random.sample(pairs, len(pairs))
    one, other = evaluate(*columns(pairs)), evaluate(*columns(shuffled))
    assert (one.accuracy, one.digits, one.confusions) == (
        other.accuracy,
        other.digits,
        other.confusions,
    )
