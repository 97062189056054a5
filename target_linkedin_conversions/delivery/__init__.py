"""Delivery: batches to LinkedIn over HTTP, within the quota, tried until settled."""
