"""Post-mortem documents and action items, in the forms that other programs read."""
