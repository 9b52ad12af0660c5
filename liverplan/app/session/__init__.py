"""What is on screen and what was done: the work, its history, jobs, live numbers, saving."""
