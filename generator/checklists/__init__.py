"""Deploy checklists: which checks a release needs, in which format, and their results."""
