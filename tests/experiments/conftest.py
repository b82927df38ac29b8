"""These tests compute as the bot does, on OpenVINO: chosen before anything imports Keras."""

from mnist_model.backend import prepare_to_serve

prepare_to_serve()
