"""Reads photos in processes of their own, which a hostile photo may end, and replaces them.

A photo is decoded by a dozen native libraries: a fault in one of them ends its process, and a
thread that does not come back can't be stopped. `pool.py` hands each photo to one `process.py`,
which talks by `pipe.py` to `worker.py` on the other side.
"""
