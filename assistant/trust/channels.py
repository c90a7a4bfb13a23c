"""Channels that prove who sent something by themselves, or prove nobody: no line of the mail made there counts."""

from collections.abc import Mapping

from assistant.domain.authentication import Authentication

BY_CHANNEL: Mapping[str, Authentication] = {
    "api": Authentication(verdict="pass", reason="one of us, or a program with a key of ours, told it over the API"),
    "edi": Authentication(verdict="pass", reason="a trading partner sent it by EDI"),
    "slack": Authentication(verdict="pass", reason="one of us passed it on"),
    "portal": Authentication(
        verdict="fail", reason="the address was typed into our public form, where nobody proves who they are"
    ),
}
