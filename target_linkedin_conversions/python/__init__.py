"""The way in from Python: rows at hand, a receipt back."""
