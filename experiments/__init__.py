"""Ways that were not taken, kept so that their figures can be measured again."""
