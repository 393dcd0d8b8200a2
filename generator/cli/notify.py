"""`runbooks notify`: tell a chat or a pager what another command has found."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from generator.cli.completion import paths
from generator.cli.messages import EXIT_USAGE, echo, say, stop
from generator.notices import FORMATS, NotANotice, NotSent, read_notice, send
from generator.notices.pagerduty import ROUTING_KEY
from generator.notices.sending import receiver
from generator.text.controls import json_text, written_out
from generator.text.labels import plural

_BYTES = 64 << 20


@click.command("notify")
@click.argument("to", metavar="RECEIVER", type=click.Choice(list(FORMATS)))
@click.argument("file", metavar="[FILE|-]", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True), shell_complete=paths)  # fmt: skip
@click.option("--url", metavar="URL", help="Send the message there. Without it, the message is printed, and nothing is sent.")  # fmt: skip
def notify_command(to: str, file: str, url: str | None) -> None:
    """Tell a chat or a pager what another command has found.

    Reads what `runbooks match`, `runbooks checklist` or `runbooks actions` prints with --format json,
    from FILE or standard input, and prints the message for RECEIVER: slack, teams, pagerduty, or
    webhook (plain JSON). Secrets in it are masked. With --url, it sends the message and says to which
    host; if nothing was found, it sends nothing. For pagerduty, the variable PAGERDUTY_ROUTING_KEY has
    the integration key.

    Exit codes: 0 printed, sent, or nothing to tell, 2 wrong usage, or not sent, 3 internal error.

    \b
    Examples:
      runbooks notify slack found.json
      runbooks match app.log --format json | runbooks notify slack --url "$SLACK_WEBHOOK"
      runbooks actions --overdue --format json | runbooks notify teams --url "$TEAMS_WEBHOOK"
    """
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror or error}") from None
    if len(content) > _BYTES:
        raise click.UsageError(f"{file}: more than {_BYTES >> 20} MiB")
    try:
        notice = read_notice(json.loads(content))
    except NotANotice as error:
        raise click.UsageError(written_out(str(error))) from None
    except (ValueError, RecursionError):
        raise click.UsageError("this is no JSON: add --format json to the command before") from None
    if not notice.items:
        say(f"Nothing to tell: {notice.title}")
        return
    message = FORMATS[to].write(notice)
    if url is None:
        echo(json_text(message))
        return
    try:
        host = receiver(url)
        if to == "pagerduty":
            message["routing_key"] = os.environ.get(ROUTING_KEY) or ""
            if not message["routing_key"]:
                raise NotSent(f"{ROUTING_KEY} is not set")
        body = json.dumps(message).encode()
        send(url, body)
    except NotSent as error:
        stop(written_out(f"Not sent: {error}"), EXIT_USAGE)
    say(f"Sent to {host}: {notice.title} ({plural(len(body), 'byte')})")
