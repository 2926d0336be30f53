"""Films, posters, and everything that touches untrusted media."""
