"""Where the digits are: a grey picture → rows of pieces of ink, and the groups that may be digits.

grey ─ background ─▶ contrast ─ binarization ─▶ ink ─ ruling ─▶ without ruled lines
     ─ strokes ─▶ connected pieces ─ cutting ─▶ touching digits apart ─ rows ─▶ rows
     ─ grouping ─▶ candidates, of which search.py picks the likeliest reading
"""
