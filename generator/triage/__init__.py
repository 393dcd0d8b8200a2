"""From pasted text to the incidents that it shows."""
