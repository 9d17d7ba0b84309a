"""HTTP: the proxy's routes and the admin's."""
