"""How risky a message is: phrases and a model per risk label, sentiment, amounts."""
