#!/usr/bin/env python3
"""A workbook to measure with, of the shape of real ones.

usage: make_workbook.py council|return|million >FILE
council: a published data set, 42,000 cells among 120,000 that are styled and empty; return: 5 sheets of 100 rows; million: a million numbers
"""
import io
import random
import sys
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
STYLES = ('<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
          '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/>'
          '<xf numFmtId="9"/></cellXfs>')
SHAPES = {"council": (12, 450, 30, 0.26), "return": (5, 100, 12, 1), "million": (1, 100000, 10, 1)}  # sheets, rows, columns, share filled


def letters(n):
    return (letters((n - 1) // 26) if n > 26 else "") + chr(65 + (n - 1) % 26)


def cell(dice, place, kind, filled):
    if not filled:
        return f'<c r="{place}" s="1"/>'
    if kind == 0:
        return f'<c r="{place}" t="s"><v>{dice.randrange(2000)}</v></c>'
    if kind == 1:
        return f'<c r="{place}" s="2"><v>{dice.randrange(40000, 45000)}</v></c>'
    if kind == 2:
        return f'<c r="{place}" s="1"><f>SUM(A1:A9)</f><v>{dice.uniform(0, 1e6):.17g}</v></c>'
    return f'<c r="{place}" s="1"><v>{dice.randrange(10 ** 8) / 100}</v></c>'


def sheet(dice, rows, columns, share):
    out = io.StringIO()
    out.write(f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><dimension ref="A1:{letters(columns)}{rows}"/><sheetData>')
    for row in range(1, rows + 1):
        out.write(f'<row r="{row}" spans="1:{columns}" ht="18" customHeight="1">')
        for column in range(1, columns + 1):
            out.write(cell(dice, f"{letters(column)}{row}", 3 if rows > 1000 else column % 6, share == 1 or dice.random() < share))
        out.write("</row>")
    out.write("</sheetData></worksheet>")
    return out.getvalue()


def main():
    sheets, rows, columns, share = SHAPES[sys.argv[1]]
    dice, out = random.Random(1), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        z.writestr("[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
                   '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
                   f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
                   + "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i in range(1, sheets + 1)) + "</Types>")
        z.writestr("_rels/.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
                   "</Relationships>")
        z.writestr("xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
                   + "".join(f'<sheet name="Sheet {i}" sheetId="{i}" r:id="rId{i}"/>' for i in range(1, sheets + 1)) + "</sheets></workbook>")
        z.writestr("xl/_rels/workbook.xml.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
                   + "".join(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, sheets + 1))
                   + f'<Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
                   f'<Relationship Id="t" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>')
        z.writestr("xl/styles.xml", f'{HEAD}<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>')
        z.writestr("xl/sharedStrings.xml", f'{HEAD}<sst xmlns="{MAIN}" count="2000" uniqueCount="2000">'
                   + "".join(f"<si><t>Support for people at home, scheme {i} &amp; others</t></si>" for i in range(2000)) + "</sst>")
        for i in range(1, sheets + 1):
            z.writestr(f"xl/worksheets/sheet{i}.xml", sheet(dice, rows, columns, share))
    sys.stdout.buffer.write(out.getvalue())


main()
