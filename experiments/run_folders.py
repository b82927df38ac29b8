"""Where the runs of experiments lie, so that none is taken for one of another recipe."""

from hashlib import sha256
from pathlib import Path

from mnist_model.averaging import LEVEL, MEMORY, SHARE_OF_FALL
from mnist_model.checkpoints import Plan
from mnist_model.networks import ARCHITECTURES


def run_folder(parent: Path, plan: Plan, *more: object) -> Path:
    """The folder of the run of a plan: another one once the recipe or the network is changed.

    Args:
        more: what else decides the weights that come out, written as its `repr`.
    """
    architecture = ARCHITECTURES[plan.architecture]
    shapes = [weight.shape for weight in architecture.build().weights]
    made_of = (plan, architecture.recipe, shapes, SHARE_OF_FALL, LEVEL, MEMORY, more)
    name = plan.architecture.replace(" ", "_").replace("'", "")
    return parent / f"{name}_{sha256(repr(made_of).encode()).hexdigest()[:8]}"
