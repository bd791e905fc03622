"""Ladder, measures, approvals, appeals, incidents, and the actuators that carry measures out."""
