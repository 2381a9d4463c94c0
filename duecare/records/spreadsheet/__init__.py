"""Spreadsheets: delimited text and workbooks, read strictly into contract lines."""

from duecare.records.spreadsheet.read import read_spreadsheet

__all__ = ["read_spreadsheet"]
