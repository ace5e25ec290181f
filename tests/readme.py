"""The README's `console` blocks and its pictures: what they run and what they show.

`python -m tests.readme --write` runs every command, puts its output into the README and draws its pictures.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
IMAGES = ROOT / "docs" / "images"
MATPLOTLIB = "3.11.2"
"""What the pictures were drawn with: each version has letters of its own, and the rest is the same."""
_PICTURE = re.compile(r"`(actcli [^`]* --output ([a-z]+\.png))`")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def blocks(text):
    """Yield (command, output shown) for every `$ command` of every console block."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


def pictures(text):
    """Yield (command, name) for every picture in docs/images that the text says how to draw."""
    yield from (found for found in _PICTURE.findall(text) if f"docs/images/{found[1]}" in text)


def drawn(command, name, folder):
    """Return the bytes of the picture that a command draws."""
    run(command, folder)
    return (Path(folder) / name).read_bytes()


def run(command, folder):
    """Run one command as a reader would, piped, and return what it prints."""
    environment = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "NO_COLOR", "COLUMNS"}}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = re.sub(r"(^|\| |&& )actcli ", rf'\1"{sys.executable}" -m actcli ', command)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    return done.stdout + done.stderr


def with_outputs(text):
    """Return the text with every output made anew."""

    def renew(block):
        with tempfile.TemporaryDirectory() as folder:
            pieces = [f"$ {command}\n{run(command, folder)}" for command, _ in blocks(block.group())]
        return "```console\n" + "".join(pieces) + "```"

    return _BLOCK.sub(renew, text)


if __name__ == "__main__":
    renewed = with_outputs(README.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        README.write_text(renewed, encoding="utf-8")
        for command, name in pictures(renewed):
            with tempfile.TemporaryDirectory() as folder:
                (IMAGES / name).write_bytes(drawn(command, name, folder))
    else:
        print(renewed)
