"""Calibration of confidence, and thresholds for a stated risk, from labelled answers."""
