"""Warm handoffs: the packet that a person gets."""
