"""One run of any way in: it begins, checks, batches, records, judges, ends and reports."""
