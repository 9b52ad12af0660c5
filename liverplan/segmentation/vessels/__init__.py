"""Portal and hepatic veins: trees from clicks, and their branches."""
