"""The Singer target: the only room that knows the Singer SDK."""
