"""The operators' switch: an intent, or everything, goes to people until it is undone."""
