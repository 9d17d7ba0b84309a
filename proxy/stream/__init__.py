"""The gate: between the model's stream and the customer."""
