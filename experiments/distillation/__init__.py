"""A student that learns from other networks' answers, beside one that has the same time alone."""
