"""Variants of digits that no network was trained on, to measure recipes with."""

from mnist_model.augmentation import Variety
from mnist_model.dataset import Split
from mnist_model.examples import epoch_examples

CHANCE = 1_000_003
"""A seed that no training run uses."""

VARIETY = Variety(
    other_forms=True,
    share_of_fonts=0,
    share_of_optdigits=0,
    share_as_is=0,
    share_coarse=0.15,
    share_cluttered=0.16,
    share_shaken=0,
)
"""That of an earlier recipe, with none as it is. Since digits have more forms, some pens are
grainy and few pixels are enlarged before they are cut out, the variants are not those that older
tables of docs/model.md and docs/recipe.md were measured on."""


def variants_of(split: Split) -> Split:
    """Each digit twice, as another hand, pen and camera would have made it."""
    twice = Split(split.images.repeat(2, axis=0), split.labels.repeat(2))
    return epoch_examples(twice, 0, VARIETY, seed=CHANCE, epoch=0)
