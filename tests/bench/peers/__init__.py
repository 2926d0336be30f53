"""Peers: the usual libraries with the same messages, each in an environment of its own under build/peers."""
