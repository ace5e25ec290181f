"""What pictures and tables call an activation."""

from collections.abc import Iterable

from actcli.activation import Activation, AnyActivation


def is_named(activation: AnyActivation) -> bool:
    """Return whether the activation has a name; the name of a formula without one is its text."""
    return activation.name.isidentifier()


def heading(activation: AnyActivation) -> str:
    """Return the label of an activation; a formula without a name in the signs of mathematics."""
    if is_named(activation) or not isinstance(activation, Activation):
        return activation.label
    # Records have names: only formulas pay for the language of formulas.
    from actcli.symbolic import expression_of

    expression = expression_of(activation)
    return expression.to_unicode() if expression else activation.label


def headings(activations: Iterable[AnyActivation]) -> str:
    """Return the headings of several activations, one after the other."""
    return ", ".join(map(heading, activations))
