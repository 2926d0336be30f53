"""Benches: what Vouch does beside the practical limit, measured in the same run on the same machine."""
