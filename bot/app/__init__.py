"""The composition root: the only place that builds concrete things, starts them and stops them."""
