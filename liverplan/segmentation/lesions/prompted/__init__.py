"""A metastasis from a prompt: what is drawn, what the network answers, and what becomes of it."""
