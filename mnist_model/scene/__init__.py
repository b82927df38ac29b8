"""Simulated photos, part by part: digits written on a page, its material, its light, a camera.

Together they are an exam (corruption.py), so nothing that trains may import them.
"""
