"""What is wrong with the rows of a stream before they are sent: a file a kind of finding, pure."""
