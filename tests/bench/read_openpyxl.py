#!/usr/bin/python3
"""usage: read_openpyxl.py FILE N     prints cells that hold something and seconds of processor time (the median of N), read-only mode"""
import sys
import time
import warnings

from openpyxl import load_workbook

warnings.simplefilter("ignore")
took, cells = [], 0
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    book = load_workbook(sys.argv[1], read_only=True, data_only=True)
    cells = sum(value is not None for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for value in row)
    took.append(time.process_time() - start)
print(cells, f"{sorted(took)[len(took) // 2]:.6f}")
