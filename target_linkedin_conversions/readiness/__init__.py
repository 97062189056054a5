"""Finds what is wrong with the rows of a stream before they are sent; a file for each kind of finding, pure."""
