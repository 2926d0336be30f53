"""Recognising what was seen before. So far: equal text after normalising; pure functions, no SQL."""
