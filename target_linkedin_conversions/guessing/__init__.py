"""Guesses a mapping from names, types and values of a stream's columns, with reasons; pure."""
