"""From a log to the incidents that it shows: prefilter, confirm, count, rank."""
