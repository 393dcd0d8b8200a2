"""From write-ups in Markdown to drafts of incidents, a module for each format."""
