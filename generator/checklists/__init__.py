"""Deploy checklists: which checks a release needs, in which form, and what came of them."""
