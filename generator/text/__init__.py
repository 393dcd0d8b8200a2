"""Words, URLs, Markdown: text in and out, knowing nothing of incidents."""
