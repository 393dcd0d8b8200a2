"""The signature language, and the engine that finds signatures in text."""
