"""One verb a file. Whatever module lies here is loaded, so that a new verb is this one file and its test."""

from importlib import import_module
from pkgutil import iter_modules

from deskgraph.schema import nouns

__all__ = ["nouns"]

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
