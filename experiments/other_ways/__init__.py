"""Other binarisations and segmentations, and the pipeline with one step less, each measured.

    python -m experiments.other_ways [FOLDER] [--json FILE]

ways ─▶ binarizations, segmentations, steps    what is put in whose place
     ─▶ trial                                  the same photos are read in every way, and counted
     ─▶ tables                                 Markdown for docs/accuracy.md, JSON for its test
"""
