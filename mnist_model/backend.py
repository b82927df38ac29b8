"""What Keras computes on when it serves. Keras picks its backend once, when first imported."""

import os
from functools import partial


def prepare_to_serve() -> None:
    """Have Keras compute on OpenVINO, unless KERAS_BACKEND says otherwise.

    To be called before keras is imported. OpenVINO computes in float32 then: left to itself, it
    rounds to bfloat16 on those processors that can, where probabilities came out up to 0.015 away
    from TensorFlow's, and one of MNIST's 10,000 test digits was read differently. Keras hands no
    such setting on, so it is set as the default of the function that Keras calls.
    """
    if os.environ.setdefault("KERAS_BACKEND", "openvino") != "openvino":
        return
    import openvino  # noqa: PLC0415 - half a second, for those alone who load a model

    if not isinstance(openvino.compile_model, partial):
        config = {"INFERENCE_PRECISION_HINT": "f32"}
        openvino.compile_model = partial(openvino.compile_model, config=config)
