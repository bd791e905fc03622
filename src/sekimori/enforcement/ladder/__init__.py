"""The ladder: from facts about a case to the next step and, for every other step, why not yet. Pure: no Django in here.

`facts.py` the values · `grades.py` how good the evidence is · `history.py` what was done so far · `conditions.py` which conditions of a
step hold · `answers.py` how that is told · `position.py` all of it together · `lanes.py` brake and victim lane ·
`guard.py` what may be done when the conditions hold · `plan.py` what to do now.
"""
