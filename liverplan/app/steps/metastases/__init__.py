"""Step 3: outline the metastases."""
