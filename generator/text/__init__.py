"""Words, URLs, Markdown: functions on text that do not know incidents."""
