"""From what somebody pasted to the incidents that it shows."""
