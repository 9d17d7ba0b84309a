"""What the customer wants: text to vectors, vectors to an intent of the policy."""
