import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_model.calibration import (
    Answer,
    Threshold,
    answers_of,
    best_temperature,
    expected_calibration_error,
    reliability,
    tempered,
    threshold_at,
)
from mnist_model.contract import Image

answers = st.lists(
    st.builds(Answer, st.floats(0, 1, allow_subnormal=False), st.booleans()), min_size=1
)


def softmax(logits: Image) -> Image:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def drawn_by_their_probabilities(probabilities: Image, rng: np.random.Generator) -> np.ndarray:
    """Labels of which each is as likely as its probability says."""
    return np.array([rng.choice(10, p=row / row.sum()) for row in probabilities.astype(float)])


def test_the_error_of_an_example_by_hand() -> None:
    given_answers = [Answer(0.95, True), Answer(0.95, False), Answer(0.55, True)]
    # Two at 0.95, half of them right: 0.45 off; one at 0.55 that is right: 0.45 off, too.
    assert expected_calibration_error(given_answers) == pytest.approx(0.45)


def test_who_is_right_as_often_as_sure_has_no_error() -> None:
    given_answers = [Answer(0.75, True)] * 3 + [Answer(0.75, False)] + [Answer(1.0, True)] * 4
    assert expected_calibration_error(given_answers) == pytest.approx(0)


@given(answers, st.integers(1, 20))
def test_each_answer_is_in_one_bin_that_holds_its_confidence(
    given_answers: list[Answer], num_bins: int
) -> None:
    bins = reliability(given_answers, num_bins)
    assert sum(group.num_answers for group in bins) == len(given_answers)
    for group in bins:
        assert group.low - 1e-9 <= group.confidence <= group.high + 1e-9
        assert 0 <= group.accuracy <= 1


@given(answers)
def test_the_error_is_a_share(given_answers: list[Answer]) -> None:
    assert 0 <= expected_calibration_error(given_answers) <= 1


def test_what_a_threshold_does() -> None:
    given_answers = [Answer(0.9, True), Answer(0.9, False), Answer(0.6, False), Answer(0.4, True)]
    assert threshold_at(0.7, given_answers) == Threshold(0.7, unsure=0.5, caught=0.5, right=0.5)
    assert threshold_at(0.95, given_answers).right is None
    assert threshold_at(0.5, [Answer(0.9, True)]).caught is None


@given(answers, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_calls_no_fewer_unsure(
    given_answers: list[Answer], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert threshold_at(low, given_answers).unsure <= threshold_at(high, given_answers).unsure


def test_the_likeliest_digit_is_the_answer() -> None:
    probabilities = np.zeros((2, 10), np.float32)
    probabilities[0, [3, 5]] = probabilities[1, [4, 5]] = 0.75, 0.25
    assert answers_of(probabilities, np.array([3, 7])) == [Answer(0.75, True), Answer(0.75, False)]


@pytest.mark.parametrize("too_sure_by", [0.6, 1.0, 2.0])
def test_the_temperature_undoes_what_made_a_network_too_sure(too_sure_by: float) -> None:
    rng = np.random.default_rng(5)
    honest = softmax(rng.normal(0, 2, size=(4000, 10)).astype(np.float32))
    labels = drawn_by_their_probabilities(honest, rng)
    spoiled = tempered(honest, 1 / too_sure_by)
    temperature = best_temperature(spoiled, labels)
    assert temperature == pytest.approx(too_sure_by, rel=0.06)
    mended = tempered(spoiled, temperature)
    assert expected_calibration_error(answers_of(mended, labels)) < 0.03


def test_one_digit_misread_with_all_confidence_makes_a_network_no_surer() -> None:
    probabilities = np.full((1000, 10), 1e-9, np.float32)
    probabilities[:, 0] = 1
    labels = np.zeros(1000, np.int64)
    labels[0] = 1  # given a chance of one in a thousand million
    assert best_temperature(probabilities, labels) > 1


@given(st.integers(0, 2**32 - 1), st.floats(0.3, 3))
def test_no_temperature_changes_which_digit_is_the_likeliest(
    seed: int, temperature: float
) -> None:
    logits = np.random.default_rng(seed).normal(0, 2, size=(3, 10)).astype(np.float32)
    probabilities = softmax(logits)
    warm = tempered(probabilities, temperature)
    assert np.allclose(warm.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(warm.argmax(axis=1), probabilities.argmax(axis=1))
    assert np.allclose(warm, softmax(logits / np.float32(temperature)), atol=1e-4)
