"""What a run sets in its process: signal handlers, thread switching, open files, and a watchdog for the end."""
