"""`tap-linkedin-conversions-results`: what was done, as tables for the warehouse; no identifier is in them."""
