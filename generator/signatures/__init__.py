"""What an error looks like: the language of signatures, and the engine that finds them in text."""
