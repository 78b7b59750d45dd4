"""The tables of oversight."""

from guiju.oversight.closings import Closing

__all__ = ["Closing"]
