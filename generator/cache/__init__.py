"""What is kept between runs, and what it depends on; and work spread over the cores."""
