"""The proxy: it delivers what the policy decides. May import all other packages."""
