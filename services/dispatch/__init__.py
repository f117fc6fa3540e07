"""Dispatch: says who does it, and how the work goes until the unit reports it done."""
