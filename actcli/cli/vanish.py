"""actcli vanish: push a gradient back through many layers and see what is left of it."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer

from actcli.cli import naming, options
from actcli.cli.outcome import CheckFailedError
from actcli.cli.output import Output
from actcli.cli.values import Real, Whole, Word
from actcli.network import limits

HELP: Final = """
\b
actcli vanish sigmoid --depth 20
actcli vanish relu --depth 50 --init he --output relu_depth.png
actcli vanish gelu --depth 50 --fail-below 1e-3 --json

Send a batch forward through a random fully connected network and a gradient back, and report the
gradient's size at every layer beside the theory of infinite width, with the reason and a cure. Sizes are
in log10, so that no depth underflows.
"""
INITIALISERS: Final = ("torch", "lecun", "xavier", "he", "orthogonal", "critical")
VERDICTS: Final = ("vanishing", "stable", "exploding")
_RATIO: Final = Real(0, closed=False)


def vanish(
    activation: options.Named,
    depth: Annotated[
        int,
        typer.Option("--depth", metavar="N", help="Layers, {} to {}.".format(*limits.DEPTH)),
        Whole(*limits.DEPTH),
    ] = limits.CUSTOMARY_DEPTH,
    width: Annotated[
        int,
        typer.Option("--width", metavar="N", help="Units in every layer, {} to {}.".format(*limits.WIDTH)),
        Whole(*limits.WIDTH),
    ] = limits.CUSTOMARY_WIDTH,
    batch: Annotated[
        int,
        typer.Option("--batch", metavar="N", help="Samples sent through, {} to {}.".format(*limits.BATCH)),
        Whole(*limits.BATCH),
    ] = limits.CUSTOMARY_BATCH,
    trials: Annotated[
        int | None,
        typer.Option(
            "--trials",
            metavar="N",
            help="Networks drawn, {} to {}.  [default: 10, fewer for deep ones]".format(*limits.TRIALS),
            show_default=False,
        ),
        Whole(*limits.TRIALS),
    ] = None,
    init: Annotated[
        str | None,
        typer.Option(
            "--init",
            metavar="NAME",
            help=f"{', '.join(INITIALISERS)}, or _normal and _uniform forms.  [default: the customary one]",
            autocompletion=lambda: list(INITIALISERS),
            show_default=False,
        ),
    ] = None,
    sigma_w: Annotated[
        float | None,
        typer.Option("--sigma-w", metavar="S", help="Weights get variance S^2/inputs.", show_default=False),
        Real(*limits.SCALE),
    ] = None,
    sigma_b: Annotated[
        float | None,
        typer.Option("--sigma-b", metavar="S", help="Biases have variance S^2.", show_default=False),
        Real(*limits.BIAS),
    ] = None,
    input_std: Annotated[
        float,
        typer.Option("--input-std", metavar="S", help="The inputs' standard deviation."),
        Real(*limits.SCALE),
    ] = 1.0,
    seed: options.Seed = 0,
    dtype: options.Dtype = "float64",
    fail_below: Annotated[
        float | None,
        typer.Option(
            "--fail-below",
            metavar="R",
            help="Exit with 1 where first over last gradient is below R.",
            show_default=False,
        ),
        _RATIO,
    ] = None,
    fail_above: Annotated[
        float | None,
        typer.Option(
            "--fail-above", metavar="R", help="Exit with 1 where it is above R.", show_default=False
        ),
        _RATIO,
    ] = None,
    fail_verdict: Annotated[
        str | None,
        typer.Option(
            "--fail-verdict",
            metavar="WORD",
            help="Exit with 1 on vanishing, stable or exploding.",
            autocompletion=lambda: list(VERDICTS),
            show_default=False,
        ),
        Word(VERDICTS),
    ] = None,
    output: options.Picture = None,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: options.Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report what is left of a gradient in front of every layer, and check it against limits."""
    asked = Output.asked(format, json, output, quiet, theme=theme, dpi=dpi)
    (record,) = naming.resolve([activation], load, asked.note)
    from actcli.analysis.vanish import vanish as analyse

    report = analyse(
        record,
        depth=depth,
        width=width,
        batch=batch,
        trials=trials,
        seed=seed,
        init=init,
        sigma_w=sigma_w,
        sigma_b=sigma_b,
        input_std=input_std,
        dtype=dtype,
    )
    asked.emit(report)
    failures = [*_failures(report.to_record(), fail_below, fail_above, fail_verdict)]
    if failures:
        raise CheckFailedError("; ".join(failures))


def _failures(
    found: Mapping[str, Any], below: float | None, above: float | None, verdict: str | None
) -> Iterator[str]:
    """Yield one text for every limit that the result breaks, with layer, value and limit."""
    ratio: float | None = found["log10_ratio"]
    shown = "0" if ratio is None else power_of_ten(ratio)
    layers = f"layer 1 gets {shown} of the gradient of layer {found['depth']}"
    # A gradient that is exactly zero has no logarithm, and is below every limit.
    if below is not None and (ratio is None or ratio < math.log10(below)):
        yield f"{layers}, below the limit {below:g}"
    if above is not None and ratio is not None and ratio > math.log10(above):
        yield f"{layers}, above the limit {above:g}"
    if verdict is not None and found["verdict"] == verdict:
        yield f"{layers}: {verdict}, which --fail-verdict refuses"


def power_of_ten(log10: float) -> str:
    """Return 10**log10 in four digits, beyond the range of floats too."""
    if abs(log10) < 300:
        return f"{10**log10:.4g}"
    exponent = math.floor(log10)
    return f"{10 ** (log10 - exponent):.3f}e{exponent}"
