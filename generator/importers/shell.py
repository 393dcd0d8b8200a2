"""Commands in a block of code: whether it has any, without prompts and output, and their risk."""

from __future__ import annotations

import re
import textwrap

from generator.importers.document import WriteUpCode
from generator.model import Risk
from generator.rules.steps import destructive_text

# In blocks of these languages, every line that is no comment is a command.
_SHELLS = frozenset("sh bash shell zsh fish cmd powershell ps1 bat batch pwsh".split())
# A terminal shows commands and output; a prompt or a known program tells which.
_TERMINALS = frozenset(
    "console terminal shell-session shellsession sh-session bash-session session".split()
)
_UNNAMED = frozenset(("", "text", "txt", "plain", "plaintext", "none"))
_PROMPT = re.compile(
    r"^\s*(?:\[?[\w.-]+@[\w.-]+[^$#\n]{0,40}[$#]|(?:sh|bash)-[\d.]{1,9}[#$]|PS [A-Z]:\\[^>\n]{0,60}>|\$) (?=[A-Za-z_./~({\"'\[\\$])"
)
_COMMENT = re.compile(r"^\s*(?:#|::|REM\b)")
_PROGRAMS = re.compile(
    r"^\s*(?:sudo\s+)?(?:kubectl|oc|docker|helm|aws|gcloud|az|terraform|systemctl|journalctl|curl|wget"
    r"|psql|mysql|redis-cli|etcdctl|promtool|amtool|git|npm|yarn|pip|python3?|node|ssh|scp|tail|cat|grep"
    r"|ls|ps|df|du|top|free|kill|pkill|chmod|chown|mkdir|rm|mv|cp|sed|awk|find|openssl|dig|nslookup|ping|ip"
    r"|ansible|ansible-playbook|make|service|crontab|mount|umount|lsof|ss|netstat|dmesg|nc|echo|export|nft|iptables|sysctl|kafka-\S{1,40}|rabbitmqctl|nomad|consul|vault|crictl|ctr|podman|argocd|flux)\b(?![:=])"
    # Not a sentence: `make sure that ...`, `service is down`.
    r"(?!\s+(?:sure|the|an?|is|are|was|were|that|this|to|it|for|and|of|in|by|on|not|no|has|had|will|at)\s)"
)
# A query is none either, whatever the language of its block says.
_QUERY = re.compile(
    r"\s*(?://|(?:sum|avg|min|max|count|topk|bottomk|rate|irate|increase|delta|absent|label_replace|histogram_quantile|quantile|predict_linear|changes)\s{0,3}(?:(?:by|without)\s{0,3})?\("
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|ALTER TABLE|CREATE (?:TABLE|INDEX)|EXPLAIN)\s|\{\w{1,40}=)"
)
# What a shell prints, in a block whose language says that it has commands.
_PRINTED = re.compile(
    r"\s*(?:\[?(?:fatal|panic|error|err|warn(?:ing)?|info|debug|traceback|exception)\b\]?\s*[:(]"
    r"|\d{4}[-/]\d\d[-/]\d\d[ T]|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|[IWEF]\d{4} \d\d:|[\"{}\[<]|[\w.-]{1,60} = |[\w.-]+: (?:command not found|[\w ]{0,40}\b(?:No such|cannot|denied|failed)))",
    re.IGNORECASE,
)
_READS = re.compile(
    r"(?:sudo\s+)?(?:(?:\S*/)?(?:ls|df|du|ps|free|uptime|cat|head|tail|grep|egrep|fgrep|zgrep|wc|sort|uniq"
    r"|cut|jq|journalctl|dmesg|ss|netstat|dig|nslookup|host|ping|lsof|lsblk|lscpu|id|whoami|date|hostname"
    r"|vmstat|iostat|which|stat)\b"
    r"|(?:kubectl|oc)\s+(?:(?:-n|--namespace|--context|-l)[ =]\S+\s+|-A\s+)*(?:get|describe|logs|top|version|explain|cluster-info|api-resources|auth\s+can-i)\b"
    r"|helm\s+(?:list|ls|status|get|history|version)\b"
    r"|docker\s+(?:ps|logs|inspect|images|stats|version|info)\b"
    r"|git\s+(?:log|status|diff|show|blame)\b"
    r"|systemctl\s+(?:status|is-active|is-enabled|list-units|show)\b"
    r"|etcdctl\s+(?:version|endpoint\s+(?:health|status))\b)"
)  # fmt: skip
_MAY_WRITE = re.compile(
    r"[>`]|\$\(|\b(?:tee|xargs|exec|delete|--output|-delete|-i\b)|\bsystemctl\s+(?:re)?start"
)


def is_shell(code: WriteUpCode) -> bool:
    """Whether a block has commands to run. Its language decides; if it has none, its first line."""
    lines = [line for line in code.text.split("\n") if line.strip()]
    if any(map(_PROMPT.match, lines)):
        return code.language in _SHELLS | _TERMINALS or (
            code.language in _UNNAMED and _PROMPT.match(lines[0]) is not None
        )
    lines = [line for line in lines if not _COMMENT.match(line)]
    if not lines:
        return False
    if code.language in _SHELLS:
        return not (_PRINTED.match(lines[0]) or _QUERY.match(lines[0]))
    return code.language in _TERMINALS | _UNNAMED and _PROGRAMS.match(lines[0]) is not None


def commands_and_output(code: WriteUpCode) -> tuple[str, str]:
    """Return the commands of a block without prompts, and their output.

    In a block without prompts, everything is commands. A line that begins with `#` stays unchanged,
    even if it may be the prompt of root: as a comment, it does no harm.
    """
    lines = code.text.split("\n")
    if not any(_PROMPT.match(line) for line in lines):
        return textwrap.dedent(code.text).strip("\n"), ""
    commands: list[str] = []
    output: list[str] = []
    goes_on, here = False, ""
    for line in lines:
        prompt = _PROMPT.match(line)
        if here or goes_on:
            commands.append(line)
            here = "" if here and line.strip() == here else here
        elif prompt:
            line = line[prompt.end() :]
            commands.append(line)
            begin = re.search(r"<<-?\s*['\"]?(\w+)", line)
            here = begin[1] if begin else ""
        elif _COMMENT.match(line):
            commands.append(line.strip())
        elif line.strip():
            output.append(line)
        goes_on = line.rstrip().endswith("\\") and bool(prompt or goes_on)
    return "\n".join(commands), "\n".join(output)


def begins_with_command(code: WriteUpCode) -> bool:
    """Whether the first line of a block is a command, whatever stands above the block."""
    lines = [line for line in code.text.split("\n") if line.strip() and not _COMMENT.match(line)]
    return bool(lines) and bool(_PROMPT.match(lines[0]) or _PROGRAMS.match(lines[0]))


def risk_of(command: str) -> str | None:
    """Return the risk of a command if it is obvious, else None."""
    if destructive_text(command):
        return Risk.DESTRUCTIVE.value
    joined = command.replace("\\\n", " ")
    lines = [line.strip() for line in joined.split("\n")]
    parts = [
        part.strip()
        for line in lines
        if line and not line.startswith("#")
        for part in re.split(r"\|\|?|&&|;", re.sub(r"'[^']*'|\"[^\"]*\"", "''", line))
    ]
    if parts and all(_READS.match(part) and not _MAY_WRITE.search(part) for part in parts if part):
        return Risk.READ_ONLY.value
    return None
