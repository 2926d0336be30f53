"""Channels: each translates between one messaging service and the words of the domain, and decides nothing."""
