"""What a run does to its process: signals, turns of its threads, open files, and an end where it hangs."""
