"""What Keras computes on when it serves. Keras picks its backend once, when first imported."""

import importlib
import os
import sys
from functools import partial
from types import ModuleType
from typing import Any

_openvino_config: dict[str, str | int] = {"INFERENCE_PRECISION_HINT": "f32"}


def compute_on_one_thread() -> None:
    """Have OpenVINO and OpenCV compute on the thread that asks. Call it before loading a model.

    Left to themselves they start a thread for each core. For pictures as small as these that took
    a quarter more of the processor in all, which others that read at the same time could use.
    """
    import cv2  # noqa: PLC0415 - for those alone who read

    cv2.setNumThreads(1)
    _openvino_config["INFERENCE_NUM_THREADS"] = 1


def prepare_to_serve() -> None:
    """Have Keras compute on OpenVINO, unless KERAS_BACKEND says otherwise.

    To be called before keras is imported. OpenVINO computes in float32 then: left to itself, it
    rounds to bfloat16 on those processors that can, where probabilities came out up to 0.015 away
    from TensorFlow's, and one of MNIST's 10,000 test digits was read differently. Keras hands no
    such setting on, so it is set as the default of the function that Keras calls.
    """
    if os.environ.setdefault("KERAS_BACKEND", "openvino") != "openvino":
        return
    _put_off("scipy.signal")
    _switch_telemetry_off()
    import openvino  # noqa: PLC0415 - half a second, for those alone who load a model

    if not isinstance(openvino.compile_model, partial):
        openvino.compile_model = partial(openvino.compile_model, config=_openvino_config)


def _switch_telemetry_off() -> None:
    """Keeps OpenVINO from telling Google Analytics, without being asked, that it is used.

    It does so from a forked process whenever it is imported, and leaves a file in the home folder.
    It has a stand-in for the case that its package of that name is missing, as it now seems to be.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # so that the import fails


def _put_off(name: str) -> None:
    """Has a module imported when it is first used, not when it is first asked for.

    Keras' OpenVINO backend asks for scipy.signal, for the sake of spectrograms: it brings 470
    modules, which took 60 MB and more than half of the time to load a model. Not with importlib's
    LazyLoader: before Python 3.12, the import statement itself counts as a use.
    """
    if name in sys.modules:
        return
    stand_in = ModuleType(name)

    def first_use(attribute: str) -> Any:
        if attribute.startswith("__"):  # whoever looks through all modules does not mean to use it
            raise AttributeError(attribute)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    vars(stand_in)["__getattr__"] = first_use  # as PEP 562 has it
    sys.modules[name] = stand_in
