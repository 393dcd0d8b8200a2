"""From a folder to a knowledge base: files, incidents, settings, history, what is wrong with them."""
