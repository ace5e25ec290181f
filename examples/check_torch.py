"""torch's GELU, checked: actcli derive torch_gelu --load check_torch.py --against gelu

A wrapper for a function of another framework is two lines: arrays in, arrays out. The slope comes from
torch's own automatic differentiation.
"""

import sys

import actcli

try:
    import torch
except ImportError:
    print("torch is not installed here; there is nothing to check")
    sys.exit()


def torch_gelu(x):
    return torch.nn.functional.gelu(torch.from_numpy(x)).numpy()


def torch_gelu_slope(x):
    z = torch.from_numpy(x).requires_grad_()
    return torch.autograd.grad(torch.nn.functional.gelu(z).sum(), z)[0].numpy()


kernel = actcli.from_functions(torch_gelu, torch_gelu_slope)

if __name__ == "__main__":
    for order in actcli.against(kernel, actcli.get("gelu")).orders:
        print(f"{order.name}: at worst {order.worst_ulp:.3g} ulp of float64, at x = {order.worst_x:.6g}")
