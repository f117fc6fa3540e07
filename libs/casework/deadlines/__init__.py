"""Deadlines: which limits a case has (policies), how they run (clocks), and how they are told (explanations). Pure.

A clock is a function of the case log, the policy version in force when the case was filed, and the calendars: recomputed
from the log it is the same to the microsecond.
"""
