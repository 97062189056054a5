"""Maps records as a load does without sending them: the preview, and the cases that test a mapping."""
