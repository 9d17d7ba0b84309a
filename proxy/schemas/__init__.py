"""JSON Schemas (draft 2020-12) of what Handrail writes: built from the same lists as the code."""
