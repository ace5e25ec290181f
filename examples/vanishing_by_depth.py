"""The vanishing gradient by depth: what is left at layer 1 of the gradient at the last layer.

Each activation runs with the initialisation customary for it. The bound is depth · log10 of the largest
slope: sigmoid cannot pass on more than a quarter a layer, times what the weights add.
"""

import actcli

depths = (5, 10, 20, 50)
print("log10 of the rms gradient at layer 1, relative to the last layer")
print("activation  init     " + "".join(f"{depth:>5} layers" for depth in depths) + "   slope bound at 50")
for name in ("sigmoid", "tanh", "relu", "selu", "gelu", "silu"):
    reports = [actcli.vanish(actcli.get(name), depth=depth, seed=0).to_record() for depth in depths]
    ratios = "".join(f"{report['log10_ratio']:12.2f}" for report in reports)
    print(f"{name:10}  {reports[0]['init']['name']:8} {ratios}   {reports[-1]['slope_bound_log10']:17.2f}")
