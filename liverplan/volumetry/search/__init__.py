"""Plans proposed: the plane, the wedge and the segments that leave the most."""
