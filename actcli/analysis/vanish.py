"""Whether a gradient survives the way back through many layers: measured, predicted, judged, and cured."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actcli.activation import Activation, AnyActivation, Record, check_records
from actcli.analysis.vanish_report import VanishReport
from actcli.diagnosis.criticality import advice, critical_init
from actcli.diagnosis.cure import cures
from actcli.diagnosis.judge import judge
from actcli.diagnosis.prediction import mean_field, predict
from actcli.errors import OptionError
from actcli.network import limits
from actcli.network.initialiser import Initialiser, customary, initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network
from actcli.network.wiring import Wiring, wiring
from actcli.theory.groups import group_line

if TYPE_CHECKING:
    from actcli.analysis.vanish_several import SeveralReport


def vanish(
    activation: AnyActivation,
    depth: int = limits.CUSTOMARY_DEPTH,
    width: int | tuple[int, ...] = limits.CUSTOMARY_WIDTH,
    batch: int = limits.CUSTOMARY_BATCH,
    trials: int | None = None,
    init: str | None = None,
    sigma_w: float | None = None,
    sigma_b: float | None = None,
    input_std: float = 1.0,
    seed: int = 0,
    dtype: str = "float64",
    bias_mean: float = 0.0,
    residual: float | None = None,
    norm: str | None = None,
    fan: str | None = None,
    spectrum: bool = False,
) -> VanishReport:
    """Send a gradient back through `depth` random layers and say what becomes of it.

    The initialiser is `init` by name, or normal with (sigma_w, sigma_b), or the one customary for the
    activation. `width` may be a tuple: the input's, and one number a layer. `residual` makes every layer
    x + residual · f(W x + b); `norm` is "pre-" or "post-" and "layernorm" or "rmsnorm". `fan` ("in", "out",
    "average") is what the variance of weights is divided by, if not as `init` says. `spectrum` adds all
    singular values of the Jacobian. `trials` None is ten, fewer where depth is extreme. Gradients are root
    mean squares of ∂L/∂z relative to the last layer's, in log10, so that no depth underflows. Raises
    OptionError for what is out of range or contradictory, before anything is allocated.
    """
    check_records(activation)
    wired = wiring(residual, norm)
    law, reason = _law(activation, init, sigma_w, sigma_b, bias_mean, fan, wired)
    critical = critical_init(activation, wired, sigma_b if init == "critical" else None)
    depth = limits.whole("depth", depth, limits.DEPTH)
    network = Network(activation, law, depth, width, batch, input_std, dtype, wired)
    count = limits.trials(trials, depth)
    measured = measure(network, seed, count)
    theory = mean_field(network)
    predicted = predict(network)
    judgement = judge(network, measured, predicted)
    found = cures(network, seed) if judgement.verdict != "stable" else ()
    values = None
    if spectrum:
        # Only who asks for the spectrum pays for its import.
        from actcli.diagnosis.isometry import jacobian_spectrum

        values = jacobian_spectrum(network, seed)
    return VanishReport(
        network, seed, count, reason, measured, predicted, theory, critical, judgement, found, values
    )


def vanish_several(activations: Sequence[AnyActivation], **settings: Any) -> "SeveralReport":
    """Run `vanish` for each of the activations with the same settings.

    Raises OptionError, which names the activation, where one of them cannot be served, and for none at all.
    """
    from actcli.analysis.vanish_several import SeveralReport

    if isinstance(activations, Record) or not activations:
        raise OptionError("vanish_several takes records in a list; name activations, as in [relu, tanh]")
    runs = []
    for activation in activations:
        try:
            runs.append(vanish(activation, **settings))
        except OptionError as error:
            raise OptionError(f"{activation.label}: {error}") from error
    return SeveralReport(tuple(runs))


def _law(
    activation: AnyActivation,
    init: str | None,
    sigma_w: float | None,
    sigma_b: float | None,
    bias_mean: float,
    fan: str | None,
    wired: Wiring,
) -> tuple[Initialiser, str]:
    """Return the initialiser asked for, and why it was chosen where it was not asked for."""
    if init is None and sigma_w is None:
        law, reason = customary(activation)
        named = initialiser(law.name, None, sigma_b, bias_mean, fan)
        apart = "" if named == law else " but for what is given"
        return named, f"customary for {activation.name}{apart}: {reason}{_of_groups(activation, law)}"
    return initialiser(init, sigma_w, sigma_b, bias_mean, fan, advice(activation, wired)), ""


def _of_groups(activation: AnyActivation, law: Initialiser) -> str:
    """Return what weights make of signals of size 1 where units have several inputs or outputs, in words."""
    if isinstance(activation, Activation):
        return ""
    lengths = group_line(activation, 2, law.sigma_w, 0.0, law.sigma_w**2).variances
    return f"; with σ_w = {law.sigma_w:.4g} a mean square of 1 becomes {lengths[1]:.3g}" if lengths else ""
