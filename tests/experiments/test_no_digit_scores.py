import numpy as np
import pytest

from experiments.no_digit_scores import auroc, letters, logits_of, passed, ways
from mnist_model.classifier import load_network
from mnist_model.contract import NO_DIGIT
from mnist_model.dataset import load_mnist
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card


def test_the_auroc_counts_the_pairs_in_which_what_is_odd_scores_higher() -> None:
    digits, odd = np.array([0.1, 0.4, 0.2]), np.array([0.3, 0.4])
    # 0.3 is above two of the three digits; 0.4 is above two and ties with the third.
    assert auroc(digits, odd) == pytest.approx((2 + 2.5) / 6)
    assert auroc(digits, digits + 1) == 1
    assert auroc(digits, digits) == 0.5


def test_what_passes_scores_no_higher_than_99_of_100_digits() -> None:
    digits = np.arange(101) / 100
    assert passed(digits, np.array([0.5, 0.99, 0.995, 2.0])) == 0.5


def test_the_logits_are_those_of_the_networks_answers_and_each_way_tells_letters_apart() -> None:
    network = load_network(DEFAULT_MODEL_PATH, read_card(DEFAULT_MODEL_PATH))
    digits = load_mnist().validation.images[:300]
    of_digits = ways(logits_of(network, digits))
    answers = np.asarray(network.predict_on_batch(digits))
    np.testing.assert_allclose(of_digits["the eleventh answer"], answers[:, NO_DIGIT], atol=1e-5)
    odd = letters()
    assert odd.shape[1:] == (28, 28)
    for way, of_letters in ways(logits_of(network, odd)).items():
        assert auroc(of_digits[way], of_letters) > 0.95
