"""The suite of the beds, on pages that were opened from file://."""

from tests.browser.bed_suite import *  # noqa: F403

SERVED = False
