"""`make bench`: ratios to the practical limit, measured side by side in one run."""
