"""Closure: was it really done, is it over, was the resident content."""
