"""How the prompted lesion network is made: scenes, lesions, prompts, training, export, table."""
