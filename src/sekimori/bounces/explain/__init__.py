"""Explanations of delivery notices in Japanese and English, as data with the code that looks them up."""
