"""The proxy: it delivers what the policy decides. May import all other packages."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("handrail")
except PackageNotFoundError:  # a source tree that is not installed
    __version__ = "0.0.0"
