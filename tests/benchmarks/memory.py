"""What the largest requests take: `python -m tests.benchmarks.memory [WORDS]` prints a table.

Each row is a whole process at the limits of one command, with its peak resident memory as the system counts
it (wait4) and its time. WORDS run the rows that contain them. A million layers take long: 100,000 are
measured, and what is kept grows with the layers that are reported.
"""

import sys

from tests.benchmarks.timing import figure, heading, line, machine, process
from tests.cli.process import COMMAND

# 500 characters, 64 brackets inside one another: as long and as deep as a formula may be.
LONGEST = "(" * 60 + "x" + "+1)" * 60 + "*tanh(x)" * 32
assert len(LONGEST) <= 500
NAMES = "relu gelu mish tanh sigmoid silu"
ROWS = {
    "one activation": "list relu --json",
    "all activations": "list --json",
    "all activations as a page": "list --markdown",
    "1.8 million points as PNG at 1200 dpi": f"plot {NAMES} --points 100000 --order 2 --dpi 1200 -o a.png",
    "1.8 million points as SVG": f"plot {NAMES} --points 100000 --order 2 -o a.svg",
    "1.8 million points as PDF": f"plot {NAMES} --points 100000 --order 2 -o a.pdf",
    "1.8 million points as JSON": f"plot {NAMES} --points 100000 --order 2 --json",
    "1.8 million points as CSV": f"plot {NAMES} --points 100000 --order 2 --format csv",
    "the longest formula, order 4, 1000 points": (
        f"derive {LONGEST} --order 4 --check --json" + " --at 2" * 1000
    ),
    "all finite float16": "derive gelu --against silu --exhaustive --json",
    "4096 samples of 4096 units": "vanish relu --width 4096 --batch 4096 --depth 4 --trials 1 --json",
    "one sample of 65536 units": "vanish relu --width 65536 --batch 1 --depth 20 --trials 10 --json",
    "64 samples of 65536 units": "vanish relu --width 65536 --batch 64 --depth 20 --trials 1 --json",
    "orthogonal matrices of 4096 units": (
        "vanish relu --init orthogonal --width 4096 --depth 2 --trials 1 --json"
    ),
    "all singular values of 1024 units": "vanish relu --spectrum --width 1024 --depth 3 --trials 1 --json",
    "100,000 layers": "vanish relu --depth 100000 --width 64 --batch 1 --trials 1 --json",
    "100,000 layers as PNG at 1200 dpi": (
        "vanish relu --depth 100000 --width 64 --batch 1 --trials 1 --dpi 1200 -o a.png --json"
    ),
    "3 million layers in all": "vanish relu --depth 3000 --width 8 --batch 1 --trials 1000 --json",
    "1000 initialisations": "vanish tanh --sweep sigma_w=0.5:3:1000 --depth 20 --json",
    "the plane of initialisations": "vanish tanh --phase --dpi 1200 -o a.png --json",
    "all activations at 10,000 layers": "compare --all --depth 10000 --json",
    "all activations as PNG at 1200 dpi": "compare --all --dpi 1200 -o a.png --json",
}  # fmt: skip


def main() -> None:
    """Run every row, or those that contain the word given, and print the table."""
    asked = " ".join(sys.argv[1:])
    chosen = {what: words for what, words in ROWS.items() if asked in what or asked in words}
    print(f"{machine()}.\n\n{heading(('request', 'command', 'peak, MB', 'seconds'))}")
    for what, words in chosen.items():
        run = process([*COMMAND, *words.split()], keep=False)
        shown = words if len(words) <= 100 else f"{words[:60]}…"
        cells = ("failed", "") if run is None else (figure(run.megabytes, 0), figure(run.seconds, 1))
        print(line([what, f"`actcli {shown}`", *cells]), flush=True)


if __name__ == "__main__":
    main()
