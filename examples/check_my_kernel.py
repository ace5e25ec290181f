"""A kernel of one's own, checked: actcli derive my_silu --load check_my_kernel.py --check

Written for speed in float32, with NumPy in and NumPy out; from_functions adopts it, and every command
takes it by its name. Run as a program, this file asks the two questions of a maintainer.
"""

import numpy as np

import actcli


def my_silu(x):
    return x / (1 + np.exp(-x))


def my_silu_slope(x):
    s = 1 / (1 + np.exp(-x))
    return s * (1 + x * (1 - s))


kernel = actcli.from_functions(my_silu, my_silu_slope, dtype="float32")

if __name__ == "__main__":
    check = actcli.derive(kernel, check=True).check
    print(f"is the slope the derivative of the value? {check.passed}: {check.judged} numbers compared")
    for order in actcli.against(kernel, actcli.get("silu")).orders:
        print(f"{order.name}: at worst {order.worst_ulp:.3g} ulp of float32, at x = {order.worst_x:.6g}")
