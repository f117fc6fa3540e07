"""What the stage services share: reacting to news, doors of other systems, commands of people, the sweep.

Above the case store and beside the plumbing: turns records and requests into appends, and answers with one of three
outcomes: done, already done, refused with a reason.
"""
