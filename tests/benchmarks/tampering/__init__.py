"""A decided case, and the ways in which somebody who may write its folder would bend it."""
