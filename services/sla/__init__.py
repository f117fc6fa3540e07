"""Deadlines (时限): which clocks a case has, how they stand, how each comes about."""
