"""Running commands: their values, limits, masked output, and whether a result is as expected."""
