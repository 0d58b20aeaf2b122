"""Reads rosters from CSV files, and matches submissions to the learners on them."""

__all__ = ["csv_table", "headers", "matching", "roster", "workbook", "worksheet", "written_times"]
