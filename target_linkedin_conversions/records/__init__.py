"""Records: one record in, its conversion events or a refusal out. Pure: no clock, disk or network."""
