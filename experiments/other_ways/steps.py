"""The pipeline with one step less: what each of them brings."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from experiments.other_ways.binarizations import WITHOUT_LESS_INK
from experiments.other_ways.ways import Swap, Way
from mnist_model import reader, search
from mnist_model.acceptance import Sign
from mnist_model.contract import Image
from mnist_model.decoding import WORKING_SIDE, GreyImage
from mnist_model.segmentation import background, binarization, layout
from mnist_model.segmentation.strokes import Mask


def unchanged(ink: Mask, _traces: Mask) -> Mask:
    """In place of `without_ruling`: lines stay."""
    return ink


def firm_alone(firm: Mask, _faint: Mask) -> Mask:
    """In place of `with_faint`: only ink that is beyond doubt."""
    return firm


def without_traces(contrast: Image) -> tuple[Mask, Mask]:
    """In place of `binarize`: faint lines leave no traces."""
    ink, _ = binarization.binarize(contrast)
    return ink, ink


def rounded(
    _grey: GreyImage, lit: GreyImage, _radius: int
) -> tuple[GreyImage, npt.NDArray[np.uint8]]:
    """In place of `in_shadow`: the median's paper, whose shadows have lost their corners."""
    return lit, np.zeros_like(lit)


def all_digits(signs: Sequence[Sign]) -> list[Sign]:
    """In place of `believed`: whatever looks like a digit is one."""
    return [sign for sign in signs if sign.is_digit]


STEPS = (
    Way("shadows lose their corners", (Swap(background, "in_shadow", rounded),)),
    Way("lines of the paper stay", (Swap(layout, "without_ruling", unchanged),)),
    Way("all that looks like a digit is believed", (Swap(reader, "believed", all_digits),)),
    Way(
        "the threshold knows no noise floor",
        (Swap(binarization, "NOISE_FACTOR", 0.0), Swap(binarization, "LEAST_CONTRAST", 0.0)),
    ),
    Way(
        "the threshold knows no contrast nearby",
        (Swap(binarization, "SHARE_OF_NEARBY", 0.0), Swap(binarization, "FAINT_SHARE", 0.0)),
    ),
    Way("faint ink is none", (Swap(binarization, "with_faint", firm_alone),)),
    Way("lines are looked for in the ink alone", (Swap(layout, "binarize", without_traces),)),
    Way("a photo's other signs say nothing", (Swap(search, "PRIOR_WEIGHT", 1e9),)),
    Way("neither the firmest ink nor the finest is tried alone", (WITHOUT_LESS_INK,)),
    Way("small writing gets no closer look", (Swap(layout, "TALL_ENOUGH", 0.0),)),
    Way("all pixels at once", (Swap(layout, "COARSE_SIDE", WORKING_SIDE),)),
)
