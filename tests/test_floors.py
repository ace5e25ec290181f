"""Imports only go down, and rooms on one floor do not know each other."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "actcli"
FLOORS = {
    "errors": 1, "numerics": 1, "report": 1, "version": 1,
    "activation": 2, "formula": 2, "render": 2,
    "catalogue": 3, "theory": 3, "network": 3, "survey": 3, "sampling": 3, "symbolic": 3,
    "custom": 4, "diagnosis": 4, "verification": 4,
    "registry": 5, "analysis": 5,
    "cli": 6,
    "__init__": 7, "__main__": 7,
}  # fmt: skip
BORROWED = {
    "typer": ("cli/",),
    "rich": ("cli/", "render/terminal.py"),
    "matplotlib": ("render/figure.py",),
}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def imports(path):
    """Yield (imported module, whether it is imported inside a function) for every import of a file."""
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module, id(node) in inside
            if node.module == "actcli":
                yield from ((f"actcli.{alias.name}", id(node) in inside) for alias in node.names)


def room(path):
    return path.split("/")[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES)
def test_every_import_goes_strictly_down_or_stays_in_its_room(path):
    here = room(path)
    for module, _ in imports(path):
        parts = module.split(".")
        if parts[0] != "actcli" or len(parts) == 1 or parts[1].startswith("__"):
            continue
        there = parts[1]
        if there == here and here not in {"analysis", "render"}:
            continue
        if there == here:
            assert f"{'/'.join(parts[1:])}.py" in MODULES, module
            assert path.count("/") and parts[2] not in SIDE_BY_SIDE, (
                f"{path} knows the room {module} beside it"
            )
            continue
        assert FLOORS[there] < FLOORS[here], (
            f"{path} (floor {FLOORS[here]}) imports {module} (floor {FLOORS[there]})"
        )


SIDE_BY_SIDE = {
    "against", "check_all", "compare", "derive", "list", "phase", "plot", "sweep", "vanish",
    "characters", "data", "figure", "terminal",
}  # fmt: skip


@pytest.mark.parametrize("path", MODULES)
def test_borrowed_packages_stay_in_the_rooms_that_need_them(path):
    for module, inside in imports(path):
        package = module.split(".")[0]
        if package in BORROWED:
            assert path.startswith(BORROWED[package]), f"{path} imports {module}"
            assert package != "matplotlib" or inside, f"{path} imports matplotlib at the top"
        assert module != "matplotlib.pyplot", f"{path} imports pyplot"
        assert package not in {"scipy", "mpmath", "sympy", "torch", "jax", "click"}, (
            f"{path} imports {module}"
        )


def test_every_room_stands_on_a_floor():
    assert {room(path) for path in MODULES} <= set(FLOORS)


def test_importing_the_catalogue_registers_nothing():
    for path in MODULES:
        if path.startswith("catalogue/"):
            assert not any("registry" in module for module, _ in imports(path))
