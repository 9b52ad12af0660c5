"""How sure a remnant is: the error model, and the samples drawn from it."""
