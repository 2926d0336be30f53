"""Use cases, one noun a file. They decide the order of things, on the caller's unit of work, and hold no words."""
