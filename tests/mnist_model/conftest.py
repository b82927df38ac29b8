"""These tests compute as the bot does, on OpenVINO; what trains runs in a process of its own."""

from mnist_model.backend import prepare_to_serve

prepare_to_serve()
