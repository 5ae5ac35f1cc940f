#!/usr/bin/env python3
"""Files that are no return: each is told for what it is by what is in it, whatever it is called, with what to do; by poolctl cells, poolctl check and poold."""
import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Daemon  # noqa: E402
from judged import Tap  # noqa: E402

BUILD = os.path.abspath(os.environ.get("B", "build"))
top = pathlib.Path(tempfile.mkdtemp(prefix="poold-kinds-"))
tap = Tap()
NONE = 0xffffffff


def ole(names, inner=(), shift=9, loop=False):
    """A compound file with streams of these names in its root folder, and others in a folder there."""
    size = 1 << shift
    entries = [("Root Entry", 5, NONE, 1)] + [(n, 2, i + 2 if i + 1 < len(names) + bool(inner) else NONE, NONE) for i, n in enumerate(names)]
    if inner:
        first = len(entries) + 1
        entries += [("\6DataSpaces", 1, NONE, first)] + [(n, 2, first + i + 1 if i + 1 < len(inner) else NONE, NONE) for i, n in enumerate(inner)]
    if loop:
        entries[-1] = entries[-1][:2] + (1, 1)
    directory = b"".join(n.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBBIII", 2 * len(n) + 2, kind, 1, NONE, right, child) + bytes(36) + struct.pack("<IQ", 0, 0)
                         for n, kind, right, child in entries)
    sectors = -(-len(directory) // size)
    directory = directory.ljust(sectors * size, b"\0")
    chain = [0xfffffffd] + [i + 2 if i + 1 < sectors else 0xfffffffe for i in range(sectors)]
    if loop:
        chain[-1] = 1
    fat = b"".join(struct.pack("<I", c) for c in chain).ljust(size, b"\xff")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xfffe, shift, 6, 0, 1, 1, 0, 4096, 0xfffffffe, 0, 0xfffffffe, 0)
    return (head + struct.pack("<I", 0)).ljust(512, b"\xff").ljust(size, b"\0") + fat + directory


def archive(*names, first=None, flags=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        if first:
            z.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name in names:
            z.writestr(name, b"something " * 50)
    data = bytearray(out.getvalue())
    data[6] |= flags
    return bytes(data)


HTML = b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet></head><body><table><tr><td>1</td></tr></table></body></html>'
XML2003 = b'\xef\xbb\xbf<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
OWNER = b"\x05Clerk".ljust(55, b" ") + "\x05Clerk".encode("utf-16-le").ljust(110, b" ")
OWNER = OWNER[:55] + b"\x05\0" + OWNER[57:165]
# what it is, what is said, what to do, bytes
KINDS = [
    ("a workbook with a password", "protected by a password", "without a password", ole(["EncryptionInfo", "EncryptedPackage"], ["StrongEncryptionTransform"])),
    ("one in large sectors", "protected by a password", "without a password", ole(["EncryptionInfo", "EncryptedPackage"], shift=12)),
    ("a workbook with a sensitivity label", "restricted to certain people", "remove the restriction", ole(["EncryptedPackage"], ["DRMEncryptedTransform"])),
    ("an old workbook", "an Excel workbook of the old kind (.xls)", "save it as .xlsx", ole(["Workbook", "\5SummaryInformation", "\5DocumentSummaryInformation"])),
    ("a very old workbook", "very old kind", "save it as .xlsx", ole(["Book"])),
    ("an old workbook with a Word document in it", "an Excel workbook of the old kind", "save it as .xlsx", ole(["Workbook"], ["WordDocument"])),
    ("an old Word document", "a Word document (.doc)", "the workbook that it was made from", ole(["1Table", "WordDocument"])),
    ("an old presentation", "PowerPoint", "the workbook that it was made from", ole(["Current User", "PowerPoint Document"])),
    ("a message saved by Outlook", "(.msg)", "attached", ole(["__properties_version1.0"])),
    ("a compound file that goes round in circles", "an old Office document", "save it as .xlsx", ole(["Something", "Else", "Third", "Fourth", "Fifth"], loop=True)),
    ("a compound file cut short", "an old Office document", "save it as .xlsx", ole(["Workbook"])[:600]),
    ("a workbook of Excel 3", "very old kind", "save it as .xlsx", b"\x09\x02\x06\x00\x00\x00\x10\x00" + bytes(50)),
    ("a Lotus worksheet", "Lotus", "save it as .xlsx", b"\0\0\2\0\6\4\6\0" + bytes(range(100))),
    ("a binary workbook", "(.xlsb)", "save it as .xlsx", archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.bin", "xl/worksheets/sheet1.bin")),
    ("a Numbers document", "Numbers", "export it to Excel", archive("Index/Document.iwa", "Index/Tables/DataList.iwa", "Metadata/Properties.plist")),
    ("a Numbers document of 2009", "Numbers", "export it to Excel", archive("index.xml", "buildVersionHistory.plist")),
    ("a workbook of OpenOffice 1", "(.sxc)", "save it as .xlsx", archive("content.xml", "META-INF/manifest.xml", first="application/vnd.sun.xml.calc")),
    ("an OpenDocument text", "OpenDocument file, but no workbook", "made from", archive("content.xml", "META-INF/manifest.xml", first="application/vnd.oasis.opendocument.text")),
    ("a Word document with a workbook in it", "a Word document", "made from", archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/embeddings/xl/workbook.xml")),
    ("a presentation", "PowerPoint", "made from", archive("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml")),
    ("a zip archive of files", "a zip archive", "Take the return out of it", archive("return.csv", "notes.txt")),
    ("a zip archive with a workbook in it", "a zip archive", "Take the return out of it", archive("return.xlsx")),
    ("a zip archive with a password", "a zip archive protected by a password", "Take the return out of it", archive("return.csv", flags=1)),
    ("a PDF", "a PDF document", "made from", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    ("a table as a web page", "web page (HTML) with a table", "save it as .xlsx", HTML),
    ("one that begins with its table, in capitals", "web page (HTML) with a table", "save it as .xlsx", b"\r\n\r\n <TABLE BORDER=1><TR><TD>1</TD></TR></TABLE>"),
    ("one that begins with a comment", "web page (HTML) with a table", "save it as .xlsx", b"<!-- export --><div><table><tr><td>1</td></tr></table></div>"),
    ("a page to sign in on", "a web page (HTML)", "sign in, download the return again", b"<!DOCTYPE html>\n<html><body><form><input type=password></form></body></html>"),
    ("XHTML", "web page (HTML) with a table", "save it as .xlsx", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><table><tr><td/></tr></table></body></html>'),
    ("a web page in one file", "MHTML", "save it as .xlsx", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"),
    ("an e-mail message", "an e-mail message", "attached", b"Received: from a by b\r\nFrom: a@example.org\r\nSubject: Return\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"),
    ("a workbook as XML of 2003", "XML Spreadsheet 2003", "save it as .xlsx", XML2003),
    ("an XML document", "an XML document", "Send the return itself", b'<?xml version="1.0"?><return><a/></return>'),
    ("SYLK", "SYLK", "save it as .xlsx", b"ID;PWXL;N;E\r\nP;PGeneral\r\n"),
    ("DIF", "DIF", "save it as .xlsx", b'TABLE\r\n0,1\r\n"EXCEL"\r\n'),
    ("rich text", "RTF", "made from", b"{\\rtf1\\ansi\\deff0 return}"),
    ("a picture", "a picture (PNG)", "made from", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("a photograph", "a picture (JPEG)", "made from", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("a photograph from a telephone", "HEIC", "made from", b"\0\0\0\x18ftypheic\0\0\0\0"),
    ("a scan", "a picture (TIFF)", "made from", b"II*\0\x08\0\0\0"),
    ("a bitmap", "a picture (BMP)", "made from", b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0"),
    ("an Access database", "Access", "Export the return", b"\0\1\0\0Standard ACE DB\0"),
    ("a link to a Google sheet", "Google Drive", "download the workbook itself", b'{"url": "https://docs.google.com/open?id=1x", "doc_id": "1x", "email": "a@example.org"}'),
    ("a newer one", "Google Drive", "download the workbook itself", b'{"":"WARNING! DO NOT EDIT THIS FILE! ANY CHANGES MADE WILL BE LOST!","doc_id":"1x","resource_key":"","email":"a@example.org"}'),
    ("a link to a web page", "a link to a web page", "download the workbook itself", b"[InternetShortcut]\r\nURL=https://example.org/\r\n"),
    ("a shortcut of Windows", "shortcut of Windows", "what it points to", bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(56)),
    ("an alias of a Mac", "alias of a Mac", "what it points to", b"book\0\0\0\0mark\0\0\0\0" + bytes(30)),
    ("Excel's note of who has a workbook open", "the note that Excel keeps", "Close the workbook", OWNER),
    ("an encrypted message", "PGP", "Decrypt it", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"),
    ("a file protected for certain people", "restricted to certain people", "remove the protection", b".pfile\2\0\0\0 and so on"),
    ("a file of noughts", "nothing but zero bytes", "send it again", bytes(20000)),
    ("an empty file", "is empty", "send that", b""),
    ("UTF-32", "UTF-32", "CSV UTF-8", "\ufeffa,b\n1,2\n".encode("utf-32-le")),
    ("noise", "it is not text", "Send the return itself", bytes(range(256)) * 8 + bytes([0, 1, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0])),
]


def run(*arguments):
    done = subprocess.run([f"{BUILD}/poolctl", *map(str, arguments)], capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# --- by cells, under three names each ---
paths = []
for i, (kind, what, todo, data) in enumerate(KINDS):
    wrong = []
    for end in ("xlsx", "csv", "json"):
        path = top / f"{i:02}.{end}"
        path.write_bytes(data)
        paths.append(path)
        code, out, err = run("cells", path)
        if code != 2 or out or what not in err or todo not in err:
            wrong.append((end, code, out[:200], err))
    tap.ok(not wrong, f"{kind}: told for what it is, with what to do, under any name", wrong[:1])

# --- by check ---
code, out, err = run("check", "--policies", "lua-policies", "--at", "2015-06-01T12:00:00Z", "--format", "json", *paths)
verdicts = json.loads(out)
wrong = [(p.name, v["outcome"], v["unreadable"]) for p, v, (_, what, todo, _) in zip(paths, verdicts, [k for k in KINDS for _ in range(3)])
         if v["outcome"] != "unreadable" or what not in json.dumps(v["unreadable"], ensure_ascii=False) or todo not in json.dumps(v["unreadable"], ensure_ascii=False)]
tap.ok(code == 2 and len(verdicts) == len(paths) and not wrong, "each is unreadable to check, with the same words", code, wrong[:3], err[:500])
code, out, err = run("check", "--policies", "lua-policies", "--at", "2015-06-01T12:00:00Z", paths[0])
tap.ok(code == 2 and "password" in out, "a person reads what it is and what to do", out, err)

# --- what looks like them and is none ---
for kind, name, data in (("a CSV file with semicolons whose first column is ID", "a.csv", b"ID;Programme;Amount\n1;Better Care;3\n"),
                         ("a CSV file that speaks of messages", "b.csv", b"From,To,Subject\nmime-version: 1,b,multipart/related\n"),
                         ("a CSV file that begins with less than", "c.csv", b"<18,<td,x\n1,2,3\n"),
                         ("a return that names a document", "d.json", b'{"doc_id": "1", "link": "https://example.org"}'),
                         ("CSV in UTF-16, as Excel's Unicode text", "e.txt", "\ufeffa\tb\r\n1\t2\r\n".encode("utf-16-le")),
                         ("CSV in UTF-16 the other way round", "f.csv", "\ufeffa,b\r\n1,2\r\n".encode("utf-16-be"))):
    (top / name).write_bytes(data)
    code, out, err = run("cells", top / name)
    tap.ok(code == 0 and out.count("\n") >= 2, f"{kind} is read", code, out[:200], err)

# --- by poold ---
d = Daemon(Tap())
d.tap.failed = 0
try:
    shutil.rmtree(d.policies)
    shutil.copytree("lua-policies", d.policies)
    d.start()
    for i, (_, _, _, data) in enumerate(KINDS):
        d.drop(f"return-{i:02}.xlsx", data)
    published = d.wait_published(len(KINDS), 120)
    verdicts = {v["submission"]["name"]: v for v in d.verdicts()}
    wrong = []
    for i, (kind, what, todo, _) in enumerate(KINDS):
        v = verdicts.get(f"return-{i:02}.xlsx")
        if v is None or v["outcome"] != "unreadable" or what not in json.dumps(v["unreadable"], ensure_ascii=False):
            wrong.append((kind, v and v["outcome"], v and v["unreadable"]))
    tap.ok(published and not wrong, "each is unreadable to poold, with the same words", wrong[:3])
finally:
    d.end()
shutil.rmtree(top)
tap.done()
