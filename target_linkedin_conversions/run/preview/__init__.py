"""What a load would make of records, without sending them: a preview, and the cases that a mapping is tested by."""
