"""The ladder: from facts about a case to the next step and, for every other step, why not yet. Pure: no Django in here.

`facts.py` the values, `grades.py` how good the evidence is, `position.py` where a case stands and which conditions of a
step hold, `guard.py` what may be done when they hold.
"""
