"""Breaks the product in every way that can be thought of and looks at what is left of it."""
