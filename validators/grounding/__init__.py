"""Is each sentence of an answer supported by the company's pages?"""
