"""Vocabulary and judgement: what a turn is, what was found in it, what follows.

This package imports none of the other three; everything else speaks in its words.
"""
