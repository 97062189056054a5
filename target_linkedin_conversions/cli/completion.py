"""`linkedin-conversions completion`: what lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from target_linkedin_conversions.errors import ConfigError

__all__ = ["completion"]

_PROGRAM = "linkedin-conversions"
_VARIABLE = "_LINKEDIN_CONVERSIONS_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")


_CALLS = {"bash": "bash_complete $1", "zsh": f"zsh_complete {_PROGRAM}", "fish": f"(commandline -t) {_PROGRAM}"}
"""How each shell's script calls this program; what that says on stderr, where Ctrl-C ends it, would stand in the line that somebody writes."""
_WHOLE_HELP = ('split "," ', 'split -m 1 "," ')
"""Click's script for fish shows a command's help up to its first comma."""
_FIRST = {"zsh": "(( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i }\n"}
"""What a shell must have loaded: zsh has no completion of its own without a `.zshrc` that asks for it. `-i` asks nothing at each start."""


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    r"""Print the script that makes SHELL complete commands, options and their values.

    \b
    Examples:
      bash:  echo 'eval "$(linkedin-conversions completion bash)"' >> ~/.bashrc
      zsh:   echo 'eval "$(linkedin-conversions completion zsh)"' >> ~/.zshrc
      fish:  echo 'linkedin-conversions completion fish | source' >> ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise ConfigError("SHELL", "nothing is known of it", f"name one of {', '.join(_SHELLS)}")
    source = kind(root, {}, _PROGRAM, _VARIABLE).source()
    call = _CALLS[shell]
    click.echo(_FIRST.get(shell, "") + source.replace(call, f"{call} 2>/dev/null").replace(*_WHOLE_HELP))
