"""The built-in method: a liver on a portal-venous CT, without trained weights."""
