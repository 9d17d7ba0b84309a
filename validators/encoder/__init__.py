"""The sentence encoder that Handrail ships."""
