"""Tables that the render tests share."""

from actcli.report import Column, Table

HOSTILE = "\x1b[31mred\x1b[0m\n[bold]no[/bold] \u202e한국어 σ′ $x^2$ | `a` =1+1 \x9b2J"

RESULTS = Table(
    title="vanish: sigmoid, 3 layers",
    columns=(
        Column("layer", "layer"),
        Column("log10_gradient", "log10 gradient"),
        Column("who", "activation", "left"),
        Column("dead", "dead share"),
        Column("stable", "stable"),
    ),
    rows=(
        (1, -12.345678, "sigmoid", None, True),
        (20, 4.0e-32, "leaky_relu:negative_slope=0.2", 0.25, False),
        (100, -0.5, "x * tanh(softplus(x)), a formula of some length", 1 / 3, None),
    ),
    lines=(("activation", "sigmoid"), ("χ₁", 0.055720707)),
    notes=("The slope is at most ¼ — so it vanishes.",),
    further=(Table("more", (Column("a", "a"),), ((1e300,),)),),
)
