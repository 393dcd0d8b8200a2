"""What is run, with which values, how it is bounded and masked, and how its outcome is judged."""
