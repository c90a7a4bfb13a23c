"""Workbooks and delimited text: cells as the sheet shows them."""
