"""actcli vanish: push a gradient back through many layers and see what is left of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from actcli.cli import naming, options, progress
from actcli.cli.gate import Gate
from actcli.cli.outcome import CheckFailedError
from actcli.cli.output import Output
from actcli.cli.values import Each, Real, Sweep, Whole, Wholes, Window, Word
from actcli.errors import OptionError
from actcli.network import limits
from actcli.render.text import number

HELP: Final = """
\b
actcli vanish sigmoid --depth 20
actcli vanish relu --depth 50 --init he --output relu_depth.png
actcli vanish sigmoid tanh relu --depth 50 --fail-below 1e-3 --json

Send a batch forward through a random fully connected network and a gradient back, and report the
gradient's size at every layer beside the theory of infinite width, with the reason and a cure. Sizes are
in log10, so that no depth underflows. A request that would keep more than 2 GiB is refused, and so are
more than 3 million layers over all trials.
"""
INITIALISERS: Final = ("torch", "lecun", "xavier", "he", "orthogonal", "torch_gain", "critical")
FANS: Final = ("in", "out", "average")
NORMS: Final = ("pre-layernorm", "post-layernorm", "pre-rmsnorm", "post-rmsnorm")
VERDICTS: Final = ("vanishing", "stable", "exploding")
SETTINGS: Final = ("sigma_w", "sigma_b")
SWEEP_POINTS: Final = (2, 1_000)
_MANY: Final = f"{limits.CUSTOMARY_TRIALS}, fewer for deep ones"
_BIAS_MEAN: Final = (-limits.BIAS[1], limits.BIAS[1])
_RATIO: Final = Real(0, closed=False)


def _count(name: str, help: str, allowed: tuple[int, int], default: object) -> Any:
    return options.option(name, "N", f"{help}, {allowed[0]} to {allowed[1]}.", default)


def _size(name: str, metavar: str, help: str, allowed: tuple[float, float], default: object = None) -> Any:
    return options.option(
        name, metavar, f"{help}; {metavar} is {number(allowed[0], 6)} to {number(allowed[1], 6)}.", default
    )


Depth = Annotated[
    int | None, _count("--depth", "Layers", limits.DEPTH, limits.CUSTOMARY_DEPTH), Whole(*limits.DEPTH)
]
Width = Annotated[
    int | None,
    _count("--width", "Units in every layer", limits.WIDTH, limits.CUSTOMARY_WIDTH),
    Whole(*limits.WIDTH),
]
Widths = Annotated[
    str | None,
    options.option("--widths", "N,N,...", "The input's units and each layer's, as in 784,512,10."),
    Wholes(*limits.WIDTH),
]
Batch = Annotated[
    int | None,
    _count("--batch", "Samples sent through", limits.BATCH, limits.CUSTOMARY_BATCH),
    Whole(*limits.BATCH),
]
Trials = Annotated[
    int | None, _count("--trials", "Networks drawn", limits.TRIALS, _MANY), Whole(*limits.TRIALS)
]
Init = Annotated[
    str | None,
    options.option(
        "--init",
        "NAME",
        f"{', '.join(INITIALISERS)}; he_uniform and the like too.",
        "the customary one",
        INITIALISERS,
    ),
]
Fan = Annotated[
    str | None,
    options.option("--fan", "NAME", f"Divide weight variances by {', '.join(FANS)}.", "as --init", FANS),
    Word(FANS),
]
SigmaW = Annotated[
    float | None,
    _size("--sigma-w", "S", "Weights have variance S^2/inputs", limits.SCALE),
    Real(*limits.SCALE),
]
SigmaB = Annotated[
    float | None, _size("--sigma-b", "S", "Biases have variance S^2", limits.BIAS), Real(*limits.BIAS)
]
BiasMean = Annotated[
    float | None, _size("--bias-mean", "M", "The mean of the biases", _BIAS_MEAN, 0), Real(*_BIAS_MEAN)
]
InputStd = Annotated[
    float | None,
    _size("--input-std", "S", "The inputs' standard deviation", limits.SCALE, 1),
    Real(*limits.SCALE),
]
Residual = Annotated[
    float | None,
    _size("--residual", "A", "Make every layer x + A f(W x + b)", limits.RESIDUAL),
    Real(*limits.RESIDUAL),
]
Norm = Annotated[
    str | None, options.option("--norm", "NAME", f"{', '.join(NORMS)}.", words=NORMS), Word(NORMS)
]
Spectrum = Annotated[
    bool, typer.Option("--spectrum", help="Add all singular values of the Jacobian, in log10.")
]
SweepOver = Annotated[
    str | None,
    options.option(
        "--sweep",
        "NAME=LOW:HIGH:N",
        "Run it at N values, {} to {}, of sigma_w or sigma_b: sigma_w=0.5:3:40.".format(*SWEEP_POINTS),
    ),
    Sweep(SETTINGS, SWEEP_POINTS),
]
Phase = Annotated[bool, typer.Option("--phase", help="Map order and chaos over sigma_w and sigma_b instead.")]
PhaseWindow = Annotated[
    list[str] | None,
    options.option(
        "--window",
        "NAME=LOW:HIGH",
        f"With --phase: the ends of an axis, 0 to {number(limits.SCALE[1], 6)}: sigma_w=0.5:3; up to twice.",
    ),
    Each(Window(SETTINGS, limits.SCALE[1]), most=2),
]
FailBelow = Annotated[
    float | None,
    options.option("--fail-below", "R", "Exit with 1 where first over last gradient is below R."),
    _RATIO,
]
FailAbove = Annotated[
    float | None, options.option("--fail-above", "R", "Exit with 1 where it is above R."), _RATIO
]
FailVerdict = Annotated[
    str | None,
    options.option(
        "--fail-verdict",
        "WORD",
        f"Exit with 1 on {', '.join(VERDICTS)}: the ratio is below 1/100, between, above 100 or overflows.",
        words=VERDICTS,
    ),
    Word(VERDICTS),
]


def vanish(
    activation: options.SeveralNamed,
    depth: Depth = None,
    width: Width = None,
    widths: Widths = None,
    batch: Batch = None,
    trials: Trials = None,
    init: Init = None,
    fan: Fan = None,
    sigma_w: SigmaW = None,
    sigma_b: SigmaB = None,
    bias_mean: BiasMean = None,
    input_std: InputStd = None,
    residual: Residual = None,
    norm: Norm = None,
    spectrum: Spectrum = False,
    sweep: SweepOver = None,
    phase: Phase = False,
    window: PhaseWindow = None,
    seed: options.Seed = 0,
    dtype: options.Dtype = "float64",
    fail_below: FailBelow = None,
    fail_above: FailAbove = None,
    fail_verdict: FailVerdict = None,
    output: options.Picture = None,
    terminal: options.Terminal = False,
    ascii: options.Ascii = False,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: options.Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report what is left of a gradient in front of every layer, and check it against limits."""
    settings = {
        "depth": depth, "width": width, "widths": widths, "batch": batch, "trials": trials, "init": init,
        "fan": fan, "sigma_w": sigma_w, "sigma_b": sigma_b, "bias_mean": bias_mean, "input_std": input_std,
        "residual": residual, "norm": norm, "spectrum": spectrum or None, "seed": seed or None,
        "dtype": None if dtype == "float64" else dtype,
        "fail_below": fail_below, "fail_above": fail_above, "fail_verdict": fail_verdict,
    }  # fmt: skip
    given = {name: value for name, value in settings.items() if value is not None}
    drawing = {"theme": theme, "dpi": dpi, "terminal": terminal, "ascii": ascii}
    asked = Output.asked(format, json, output, quiet, **drawing)
    records = naming.resolve(activation, load, asked.note)
    with progress.shown(f"vanish {', '.join(record.label for record in records)}", quiet):
        report = _report(records, given, sweep, phase, window or ())
    asked.emit(report)
    failures = [*Gate(fail_below, fail_above, fail_verdict).broken(report)]
    if failures:
        raise CheckFailedError("; ".join(failures))


def _report(
    records: Sequence[Any], given: dict[str, Any], sweep: Any, phase: bool, window: Sequence[Any]
) -> Any:
    """Return the report asked for: of networks, of a sweep over an initialiser, or of the whole plane."""
    if window and not phase:
        raise OptionError("--window goes with --phase: actcli vanish tanh --phase --window sigma_w=0.5:3")
    if phase and sweep is not None:
        raise OptionError("--phase and --sweep are two pictures; ask for one of them")
    mode = "--phase" if phase else "--sweep"
    if (phase or sweep is not None) and len(records) > 1:
        raise OptionError(f"{mode} shows one activation; {len(records)} are given")
    if phase:
        from actcli.analysis.phase import phase as analyse

        _refuse(mode, given, {"init", "sigma_w", "sigma_b"})
        ends = dict(window)
        if len(ends) < len(window):
            raise OptionError(f"--window gives {window[0][0]} twice; leave one of them out")
        return analyse(records[0], **given, window_w=ends.get("sigma_w"), window_b=ends.get("sigma_b"))
    if sweep is not None:
        from actcli.analysis.sweep import sweep as analyse_sweep

        _refuse(mode, given, {"sigma_w", "sigma_b", "depth", "width", "seed"} - {sweep[0]})
        return analyse_sweep(records[0], *sweep, **given)
    settings = {name: value for name, value in given.items() if not name.startswith("fail_")}
    if "widths" in settings:
        if "width" in settings:
            raise OptionError("--width and --widths contradict each other; give one of them")
        settings["width"] = settings.pop("widths")
        settings.setdefault("depth", len(settings["width"]) - 1)
    from actcli.analysis.vanish import vanish as analyse_network
    from actcli.analysis.vanish import vanish_several

    if len(records) > 1:
        return vanish_several(records, **settings)
    return analyse_network(records[0], **settings)


def _refuse(mode: str, given: Mapping[str, Any], allowed: Any) -> None:
    """Raise OptionError for an option that `mode` has no use for."""
    for name in given:
        if name not in allowed:
            raise OptionError(f"--{name.replace('_', '-')} does not go with {mode}; leave one of them out")
