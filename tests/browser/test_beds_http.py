"""The suite of the beds, on pages that a server sends."""

from tests.browser.bed_suite import *  # noqa: F403

SERVED = True
