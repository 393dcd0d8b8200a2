"""What assistants get: answers that say how well they are proved, over MCP or as files.

`tools.py` has the questions, `server.py` the protocol, `skill_files.py` the files. Nothing here runs
a command or writes into a knowledge base.
"""
