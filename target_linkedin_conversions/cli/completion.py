"""`linkedin-conversions completion`: what lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from target_linkedin_conversions.errors import ConfigError

__all__ = ["completion"]

_PROGRAM = "linkedin-conversions"
_VARIABLE = "_LINKEDIN_CONVERSIONS_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    r"""Print the script that makes SHELL complete commands, options and their values.

    \b
    Examples:
      bash:  echo 'eval "$(linkedin-conversions completion bash)"' >> ~/.bashrc
      zsh:   echo 'eval "$(linkedin-conversions completion zsh)"' >> ~/.zshrc
      fish:  linkedin-conversions completion fish > ~/.config/fish/completions/linkedin-conversions.fish
    """
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise ConfigError("SHELL", "nothing is known of it", f"name one of {', '.join(_SHELLS)}")
    click.echo(kind(root, {}, _PROGRAM, _VARIABLE).source())
