"""Writes small workbooks (.xlsx and .ods) for tests, with nothing but the library of Python."""
import datetime
import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-package.", "application/vnd.openxmlformats-officedocument.spreadsheetml."
STYLES = '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs>'


class Share(float):
    """A number shown as a percentage: Share(0.4) is 40%."""


class Raw(str):
    """A number as the file has it: Raw("0.30000000000000004")."""


class Error(str):
    """An error: Error("#REF!")."""


class Formula(str):
    """A formula without a result."""


def column_name(column):
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place(cell):
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row), column


def _cell(ref, value):
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Error):
        return f'<c r="{ref}" t="e"><f>1/0</f><v>{escape(value)}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{ref}"><f>{escape(value)}</f></c>'
    if isinstance(value, Raw):
        return f'<c r="{ref}"><v>{value}</v></c>'
    if isinstance(value, Share):
        return f'<c r="{ref}" s="2"><v>{float(value)!r}</v></c>'
    if isinstance(value, datetime.timedelta):
        return f'<c r="{ref}" s="4"><v>{value.total_seconds() / 86400!r}</v></c>'
    if isinstance(value, datetime.datetime):
        days = value - datetime.datetime(1899, 12, 30)
        return f'<c r="{ref}" s="3"><v>{days.days + days.seconds / 86400}</v></c>'
    if isinstance(value, datetime.date):
        return f'<c r="{ref}" s="1"><v>{(value - datetime.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{ref}"><v>{value}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


class Sheet:
    """cells: {"A1": value}; rows are added below one another with row()."""

    def __init__(self, cells=None, merges=(), hidden=False, hidden_rows=(), hidden_columns=()):
        self.cells = dict(cells or {})
        self.merges, self.hidden = list(merges), hidden
        self.hidden_rows, self.hidden_columns = set(hidden_rows), set(hidden_columns)
        self.last = max([place(c)[0] for c in self.cells], default=0)

    def row(self, *values, at=None):
        self.last = at or self.last + 1
        for column, value in enumerate(values, 1):
            if value is not None:
                self.cells[f"{column_name(column)}{self.last}"] = value
        return self

    def xml(self):
        rows = {}
        for ref, value in self.cells.items():
            row, column = place(ref)
            rows.setdefault(row, []).append((column, _cell(ref, value)))
        hidden = ' hidden="1"'
        data = "".join(f'<row r="{row}"{hidden if row in self.hidden_rows else ""}>' +
                       "".join(xml for _, xml in sorted(cells)) + "</row>" for row, cells in sorted(rows.items()))
        columns = "".join(f'<col min="{c}" max="{c}" hidden="1"/>' for c in sorted(self.hidden_columns))
        merges = "".join(f'<mergeCell ref="{m}"/>' for m in self.merges)
        return (f'<worksheet xmlns="{MAIN}">' + (f"<cols>{columns}</cols>" if columns else "") + f"<sheetData>{data}</sheetData>" +
                (f"<mergeCells>{merges}</mergeCells>" if merges else "") + "</worksheet>")


def workbook(sheets, names=None):
    """sheets: {name: Sheet}; names: {name: "Cover!$B$2"}.  The bytes of the file."""
    out = io.BytesIO()
    hidden = ' state="hidden"'
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="r{i}"{hidden if s.hidden else ""}/>'
                     for i, (name, s) in enumerate(sheets.items(), 1))
    named = "".join(f"<definedName name={quoteattr(n)}>{escape(r)}</definedName>" for n, r in (names or {}).items())
    links = "".join(f'<Relationship Id="r{i}" Type="{RELS}/worksheet" Target="worksheets/s{i}.xml"/>' for i in range(1, len(sheets) + 1))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        def put(name, text):
            z.writestr(zipfile.ZipInfo(name, (2015, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
        put("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            f'ContentType="{TYPES[0]}relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{TYPES[1]}sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{TYPES[1]}styles+xml"/>' +
            "".join(f'<Override PartName="/xl/worksheets/s{i}.xml" ContentType="{TYPES[1]}worksheet+xml"/>' for i in range(1, len(sheets) + 1)) + "</Types>")
        put("_rels/.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        put("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{listed}</sheets>' +
            (f"<definedNames>{named}</definedNames>" if named else "") + "</workbook>")
        put("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}<Relationship Id="st" Type="{RELS}/styles" Target="styles.xml"/></Relationships>')
        put("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>')
        for i, s in enumerate(sheets.values(), 1):
            put(f"xl/worksheets/s{i}.xml", s.xml())
    return out.getvalue()


# --- OpenDocument ---
URN = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{p}="{URN}{p}:1.0"' for p in ("office", "table", "text", "style"))


def _ods_cell(value, attributes=""):
    """A cell as LibreOffice writes it; attributes: of what it is merged over."""
    def typed(kind, name, written, shown=None):
        return (f'<table:table-cell{attributes} office:value-type="{kind}" office:{name}={quoteattr(str(written))}>'
                f"<text:p>{escape(str(written if shown is None else shown))}</text:p></table:table-cell>")
    if isinstance(value, bool):
        return typed("boolean", "boolean-value", str(value).lower())
    if isinstance(value, Error):
        return (f'<table:table-cell{attributes} table:formula="of:=1/0" office:value-type="string" office:string-value="">'
                f"<text:p>{escape(value)}</text:p></table:table-cell>")
    if isinstance(value, Share):
        return typed("percentage", "value", repr(float(value)))
    if isinstance(value, (int, float, Raw)):
        return typed("float", "value", value)
    if isinstance(value, datetime.timedelta):
        hours, rest = divmod(int(value.total_seconds()), 3600)
        return typed("time", "time-value", f"PT{hours:02}H{rest // 60:02}M{rest % 60:02}S")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return typed("date", "date-value", value.isoformat())
    return f'<table:table-cell{attributes} office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def _ods_table(name, sheet):
    rows, merged, covered = {}, {}, set()
    for merge in sheet.merges:
        (row, column), (last_row, last_column) = (place(c) for c in merge.split(":"))
        merged[row, column] = (f' table:number-columns-spanned="{last_column - column + 1}"'
                               f' table:number-rows-spanned="{last_row - row + 1}"')
        covered |= {(r, c) for r in range(row, last_row + 1) for c in range(column, last_column + 1)} - {(row, column)}
    for ref, value in sheet.cells.items():
        rows.setdefault(place(ref)[0], {})[place(ref)[1]] = value
    out, last = "", 0
    for row, cells in sorted(rows.items()):
        out += f'<table:table-row table:number-rows-repeated="{row - last - 1}"><table:table-cell/></table:table-row>' if row > last + 1 else ""
        hidden = ' table:visibility="collapse"' if row in sheet.hidden_rows else ""
        inside = ""
        for column in range(1, max(cells) + 1):
            text = _ods_cell(cells[column], merged.get((row, column), "")) if column in cells else "<table:table-cell/>"
            inside += text.replace("table:table-cell", "table:covered-table-cell") if (row, column) in covered else text
        out += f"<table:table-row{hidden}>{inside}</table:table-row>"
        last = row
    style = ' table:style-name="hidden"' if sheet.hidden else ""
    return f"<table:table table:name={quoteattr(name)}{style}>{out}</table:table>"


def ods(sheets, names=None):
    """The same as workbook(), as an OpenDocument spreadsheet."""
    out = io.BytesIO()
    named = "".join(f'<table:named-range table:name={quoteattr(n)} table:cell-range-address={quoteattr("$" + r.replace("!", "."))}/>'
                    for n, r in (names or {}).items())
    hidden = '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>'
    content = (f"<office:document-content {SPACES}><office:automatic-styles>{hidden}</office:automatic-styles><office:body><office:spreadsheet>" +
               "".join(_ods_table(name, sheet) for name, sheet in sheets.items()) +
               (f"<table:named-expressions>{named}</table:named-expressions>" if named else "") +
               "</office:spreadsheet></office:body></office:document-content>")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo("mimetype", (2015, 1, 1, 0, 0, 0)), "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        z.writestr(zipfile.ZipInfo("content.xml", (2015, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
