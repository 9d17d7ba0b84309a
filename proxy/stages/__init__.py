"""The stages of the pipeline, one file each; the list itself is in `proxy/pipeline.py`."""
