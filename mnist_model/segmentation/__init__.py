"""Where the digits are: a grey picture → rows of strokes, and the groups that may be digits.

grey ─ background, shadows ─▶ contrast ─ binarization ─▶ ink ─ ruling ─▶ without printed lines
     ─ strokes ─▶ connected pieces ─ rows ─▶ reading order        (layout runs these in order)

a stroke that may be several digits ─ cutting ─▶ pieces ─ grouping ─▶ candidates,
of which search.py picks the likeliest reading
"""
