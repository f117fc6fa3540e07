"""`banjie demo`: four stories from report to closure, told step by step over the real doors."""
