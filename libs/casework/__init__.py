"""The shared language of Banjie 办结: cases, the lifecycle table, events, what may leave.

Pure: standard library and pydantic only. No clock, no I/O, no random ids; what a rule needs comes in as an argument.
"""
