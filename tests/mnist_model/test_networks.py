from itertools import pairwise

import keras
import numpy as np
import pytest

from mnist_model.contract import NUM_OUTPUTS
from mnist_model.networks import ARCHITECTURES, cnn, seed_mlp


def test_the_seeds_network_has_the_layers_its_author_wrote() -> None:
    layers = [layer for layer in seed_mlp().layers if not isinstance(layer, keras.layers.Flatten)]
    assert [(layer.units, layer.activation.__name__) for layer in layers] == [
        (512, "relu"),
        (256, "relu"),
        (100, "sigmoid"),
        (10, "sigmoid"),
    ]


def test_the_seeds_network_has_as_many_parameters_as_its_layers_add_up_to() -> None:
    sizes = [28 * 28, 512, 256, 100, 10]
    expected = sum((n + 1) * m for n, m in pairwise(sizes))
    assert seed_mlp().count_params() == expected == 559_958


def test_the_seeds_recipe_is_its_authors() -> None:
    recipe = ARCHITECTURES["seed_mlp"].recipe
    assert (recipe.epochs, recipe.batch_size) == (10, 32)
    assert recipe.learning_rate == keras.optimizers.Adam().learning_rate
    assert (recipe.orthogonalizes, recipe.weight_decay) == (False, 0)  # as Adam
    assert (recipe.decays, recipe.averages, recipe.variety) == (False, False, None)


@pytest.mark.parametrize(("name", "num_answers"), [("seed_mlp", 10), ("cnn", NUM_OUTPUTS)])
@pytest.mark.parametrize("num_images", [1, 3])
def test_every_network_takes_any_number_of_images_and_gives_a_score_for_each_answer(
    name: str, num_answers: int, num_images: int
) -> None:
    network = ARCHITECTURES[name].build()
    assert network.name == name
    images = np.random.default_rng(1).random((num_images, 28, 28), dtype=np.float32)
    scores = network.predict_on_batch(images)
    assert scores.shape == (num_images, num_answers)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()


def test_the_scores_of_the_convolution_network_are_probabilities() -> None:
    images = np.random.default_rng(1).random((5, 28, 28), dtype=np.float32)
    assert cnn().predict_on_batch(images).sum(axis=1) == pytest.approx(1)
