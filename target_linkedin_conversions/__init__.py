"""A Singer target that delivers conversion events to LinkedIn's Conversions API."""
