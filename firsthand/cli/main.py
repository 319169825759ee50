"""The root command: a table of commands, loaded when called, and errors told in one line."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Any

import click

EXIT_FAILED, EXIT_USAGE, EXIT_NO_JOURNEY, EXIT_INTERRUPTED = 1, 2, 3, 130

EXIT_CODES = (
    "Exit codes: 0 done; 1 not passed, not in agreement, or something to mend was found; "
    "2 wrong usage or bad input; 3 no journey here, or it cannot be used; 130 interrupted."
)

# command: (module, one line of help). Groups of commands are modules too.
COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("firsthand.cli.start", "Make your journey: the folder that holds all your work."),
    "today": ("firsthand.cli.today", "What to do today, and why."),
    "path": ("firsthand.cli.path", "The whole path, with where you are on it."),
    "next": ("firsthand.cli.next", "The next exercise, and the file it is in."),
    "check": ("firsthand.cli.check", "Grade an exercise; --watch grades at every save."),
    "hint": ("firsthand.cli.hint", "The next hint for an exercise."),
    "solution": ("firsthand.cli.solution", "Our version, after passing or on giving up."),
    "reset": ("firsthand.cli.reset", "Make an exercise blank again; keeps a dated copy."),
    "compare": ("firsthand.cli.compare", "Run your code against the library's, number by number."),
    "review": ("firsthand.cli.review", "Review what is due."),
    "cards": ("firsthand.cli.cards", "List, add, import and export cards."),
    "studio": ("firsthand.cli.studio", "Open the studio in a browser."),
    "content": ("firsthand.cli.content", "For authors: check content, measure it, add a stage."),
    "doctor": (
        "firsthand.cli.doctor",
        "What is installed, can be sandboxed, is found.",
    ),
    # projects, which need no journey
    "new": ("firsthand.cli.new", "Make a project, after a look at its data."),
    "train": ("firsthand.cli.train", "Train what a configuration describes; go on with a run."),
    "evaluate": ("firsthand.cli.evaluate", "Judge a run on its test part; rank several."),
    "tune": ("firsthand.cli.tune", "Search for the settings of a project."),
}
PROJECTS = ("new", "train", "evaluate", "tune")


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader of our output who leaves, as ``| head`` does, is no failure."""
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
        return answer

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest."""
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean `firsthand {near[0]}`?" if near else " See `firsthand --help`."
            raise click.UsageError(f"There is no command called {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        learning = [(name, line) for name, (_, line) in COMMANDS.items() if name not in PROJECTS]
        automating = [(name, COMMANDS[name][1]) for name in PROJECTS if name in COMMANDS]
        with formatter.section("Learn"):
            formatter.write_dl(learning)
        with formatter.section("Automate"):
            formatter.write_dl(automating)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExamples:\n  firsthand start\n  firsthand next\n  firsthand check --help\n\n"
    + EXIT_CODES,
)
@click.version_option(package_name="firsthand", message="firsthand %(version)s")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
@click.pass_context
def root(ctx: click.Context, traceback: bool) -> None:
    """Learn machine learning by one method: code it, compare it, understand it, automate it."""
    ctx.obj = {"traceback": traceback}


def main() -> None:
    """Run the command line and exit with a documented code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that a terminal lacks becomes "?"
            stream.reconfigure(errors="replace")
    try:
        code: Any = root.main(prog_name="firsthand", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except Exception as error:
        sys.exit(_tell(error))


def _tell(error: Exception) -> int:
    """Print an error for a person and return its exit code."""
    from firsthand.library.support import MissingPackageError
    from firsthand.study.errors import JourneyError, StudyError
    from firsthand.train.errors import StoppedError, TrainError

    if "--traceback" in sys.argv:
        raise error
    is_for_the_user = isinstance(error, (StudyError, TrainError, MissingPackageError))
    text = str(error) if is_for_the_user else f"{type(error).__name__}: {error}"
    click.echo(f"firsthand: {text}", err=True)
    if isinstance(error, StoppedError):
        return EXIT_INTERRUPTED
    if not is_for_the_user:
        click.echo(
            "This is a defect of firsthand. `firsthand --traceback ...` shows where.", err=True
        )
    return EXIT_NO_JOURNEY if isinstance(error, JourneyError) else EXIT_USAGE
