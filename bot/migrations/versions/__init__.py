"""The steps, in the order of their numbers; each names the one before it.

A step that was cut off by a kill is taken again: SQLite may have kept its tables but not the
note that it was taken. So each must bear to find its work done.
"""
