"""What a plan costs in blood supply: the branches that it divides, and the tissue they leave."""
