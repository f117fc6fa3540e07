"""Triage: says what a report is, where it is, and whether it is a case."""
