"""What a person would most likely map: from the names, types and looks of a stream's columns, with reasons; pure."""
