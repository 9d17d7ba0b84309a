"""What a customer's question asks, in a form in which two questions can be compared."""
