"""Reads handwritten digits from pictures: arrays in, arrays out, knows nothing of Telegram."""
