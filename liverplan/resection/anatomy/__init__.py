"""The liver's parts: landmarks, Couinaud's segments, vessel territories, and named resections."""
