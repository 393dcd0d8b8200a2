"""Plug-ins for detect-secrets: the shapes of tokens that it lacks, or looks for too slowly.

Each is one vendor's token, by the prefix that the vendor gives it. `detect-secrets scan -p` takes
this file as it is. Every expression takes linear time on any text.
"""

# ruff: noqa: S105 (`secret_type` is what detect-secrets calls the name of a kind)

from __future__ import annotations

import re

from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.jwt import JwtTokenDetector


class GitHubFineGrainedDetector(RegexBasedDetector):
    """Fine-grained personal access tokens of GitHub."""

    secret_type = "GitHub fine-grained token"
    denylist = (re.compile(r"github_pat_[0-9A-Za-z_]{36,255}"),)


class AnthropicDetector(RegexBasedDetector):
    """API keys and OAuth tokens of Anthropic."""

    secret_type = "Anthropic key"
    denylist = (re.compile(r"sk-ant-[a-z]{3,8}\d{2}-[0-9A-Za-z_-]{40,255}"),)


class OpenAIKeyDetector(RegexBasedDetector):
    """API keys of OpenAI, for a user, a project or a service account."""

    secret_type = "OpenAI Token"
    denylist = (
        re.compile(r"sk-(?:[a-z]{1,9}-)?[0-9A-Za-z_-]{20,150}?T3BlbkFJ[0-9A-Za-z_-]{20,150}"),
    )


class NpmTokenDetector(RegexBasedDetector):
    """Access tokens of npm, anywhere; and those without a prefix in an `.npmrc`."""

    secret_type = "NPM tokens"
    denylist = (
        re.compile(r"npm_[0-9A-Za-z]{36}"),
        re.compile(r":_authToken=[ \t]{0,9}[0-9A-Fa-f-]{36}"),
    )


class GoogleApiKeyDetector(RegexBasedDetector):
    """API keys of Google, and secrets of its OAuth clients."""

    secret_type = "Google API key"
    denylist = (
        re.compile(r"AIza[0-9A-Za-z_-]{35}"),
        re.compile(r"GOCSPX-[0-9A-Za-z_-]{28}"),
    )


class HuggingFaceDetector(RegexBasedDetector):
    """Access tokens of Hugging Face, for a user or an organization."""

    secret_type = "Hugging Face token"
    denylist = (re.compile(r"(?<![0-9A-Za-z])(?:hf_|api_org_)[0-9A-Za-z]{34,40}(?![0-9A-Za-z])"),)


class DigitalOceanDetector(RegexBasedDetector):
    """Personal access tokens of DigitalOcean, OAuth tokens and refresh tokens."""

    secret_type = "DigitalOcean token"
    denylist = (re.compile(r"do[opr]_v1_[0-9a-f]{64}"),)


class VaultDetector(RegexBasedDetector):
    """Service, batch and recovery tokens of HashiCorp Vault, as of version 1.10."""

    secret_type = "Vault token"
    denylist = (re.compile(r"(?<![0-9A-Za-z])hv[sbr]\.[0-9A-Za-z_-]{24,300}"),)


class GrafanaDetector(RegexBasedDetector):
    """Tokens of service accounts of Grafana, of Grafana Cloud, and API keys before version 9."""

    secret_type = "Grafana token"
    denylist = (
        re.compile(r"glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}"),
        re.compile(r"glc_[0-9A-Za-z+/]{32,400}={0,2}"),
        re.compile(r"eyJrIjoi[0-9A-Za-z]{70,400}={0,2}"),
    )


class SlackAppDetector(RegexBasedDetector):
    """App-level tokens of Slack."""

    secret_type = "Slack Token"
    denylist = (re.compile(r"xapp-\d-[0-9A-Z]{6,20}-\d{6,20}-[0-9a-f]{40,80}"),)


class JwtDetector(JwtTokenDetector):
    """JSON Web Tokens; the signature is part of what is found."""

    denylist = [  # noqa: RUF012 (a list there, too)
        re.compile(
            r"(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]++={0,2}\.[0-9A-Za-z_-]++={0,2}"
            r"(?:\.[0-9A-Za-z_-]++={0,2})?"
        ),
    ]

    @staticmethod
    def is_formally_valid(token: str) -> bool:
        """Whether head and body can be read; a signature may be cut off."""
        return bool(JwtTokenDetector.is_formally_valid(".".join(token.split(".")[:2])))
