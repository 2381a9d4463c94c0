"""OCDS 1.0 and 1.1 as publishers write it, read into contract lines."""

from duecare.records.ocds.read import read_ocds

__all__ = ["read_ocds"]
