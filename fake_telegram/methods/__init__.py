"""The methods of the Bot API that the stand-in has, by name in lower case."""

from fake_telegram.methods import answers, deliveries, edits, files, media, messages, profile
from fake_telegram.methods.registry import Described, Method

METHODS: dict[str, Method] = {
    **answers.METHODS,
    **deliveries.METHODS,
    **edits.METHODS,
    **files.METHODS,
    **media.METHODS,
    **messages.METHODS,
    **profile.METHODS,
}

__all__ = ["METHODS", "Described", "Method"]
