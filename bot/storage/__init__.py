"""Media files behind a port."""
