"""What all incidents together say: action items, recurrences, figures, feeds."""
