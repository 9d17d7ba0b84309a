"""What placeholders stand for, kept over the turns of a conversation."""
