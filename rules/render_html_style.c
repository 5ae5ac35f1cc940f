/*
 * The page's style: a printed statement rather than a dashboard.  One tone a page, taken from the
 * outcome; figures in columns; hairlines instead of boxes.
 *
 * Contrast of text on its ground is at least 4.5 to 1 in light, dark and print.  Nothing is loaded:
 * the faces named are those that computers have.
 */
#include "rules/render_html_private.h"

#define LIGHT                                                                             \
	"--paper:#fff;--ink:#15191e;--soft:#56606b;--line:#d6dbe0;--wash:#f5f6f8;--bad:#" \
	"a31c17;"                                                                         \
	"--ask:#7d4a00;--good:#14633a;--ours:#51389a;--dumb:#3b4753;"
#define DARK                                                                                 \
	"--paper:#14171b;--ink:#e8ebee;--soft:#a4adb7;--line:#353c44;--wash:#1c2126;--bad:#" \
	"ff9a91;"                                                                            \
	"--ask:#f1bd62;--good:#84d9a5;--ours:#c5b4ff;--dumb:#c3cbd4;"
#define SERIF                                                                           \
	"\"Iowan Old Style\",\"Palatino Linotype\",Palatino,P052,Georgia,\"Liberation " \
	"Serif\",serif"
#define SANS                                                             \
	"-apple-system,\"Segoe UI\",\"Helvetica Neue\",Helvetica,Arial," \
	"\"Liberation Sans\",sans-serif"
#define MONO "ui-monospace,\"SF Mono\",Consolas,\"Liberation Mono\",Menlo,monospace"

static const char colours[] =
    ":root{color-scheme:light dark;" LIGHT "}"
    "@media (prefers-color-scheme:dark){:root{" DARK "}}"
    "@media print{:root{color-scheme:light;" LIGHT "}}"
    ".non-compliant{--tone:var(--bad)}.queried{--tone:var(--ask)}.compliant{--tone:var(--good)}"
    ".undetermined{--tone:var(--ours)}.unreadable{--tone:var(--dumb)}";

static const char page[] =
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 " SANS ";"
    "font-variant-numeric:lining-nums tabular-nums;overflow-wrap:anywhere}"
    "main{max-width:54rem;margin:0 auto;padding:0 1.5rem 4rem}"
    "h1,h2{font-family:" SERIF ";font-weight:600;text-wrap:balance}"
    "h1{font-size:2.125rem;line-height:1.15;letter-spacing:-.01em;margin:.5rem 0 0}"
    "h1 span{display:block;font-size:1.25rem;line-height:1.4;letter-spacing:0;font-weight:400;"
    "margin-top:.35rem}"
    "h2{font-size:1.4rem;line-height:1.25;margin:0}"
    "h3{font-size:1.0625rem;line-height:1.35;font-weight:650;margin:0}"
    "p{margin:.4rem 0 0;max-width:42rem}"
    "code{font:.8125em " MONO ";font-variant-ligatures:none}"
    "ul{margin:.5rem 0 0;padding:0;list-style:none}"
    ".soft,.src{color:var(--soft)}.src{font-size:.8125rem;margin-top:.55rem}"
    ".num{text-align:right;white-space:nowrap}.far{text-align:right;min-width:8rem}"
    ".lines{white-space:pre-line}";

static const char head[] =
    "header{border-top:.5rem solid var(--tone);padding-top:1.5rem}"
    ".kicker{display:flex;flex-wrap:wrap;gap:.25rem "
    "1rem;justify-content:space-between;margin:0;"
    "max-width:none;font-size:.875rem;color:var(--soft)}"
    ".badge{display:flex;align-items:center;gap:.5rem;margin:1.75rem 0 0;color:var(--tone);"
    "font-weight:700;font-size:1.0625rem}"
    ".badge svg{width:1.5rem;height:1.5rem;flex:none}"
    ".lede{font-size:1.0625rem;margin-top:.75rem}"
    ".held{margin:.75rem 0 0;color:var(--soft)}"
    ".facts{display:flex;flex-wrap:wrap;margin:1.5rem 0 0;border-top:1px solid var(--line);"
    "border-bottom:1px solid var(--line);padding:.8rem 0 .85rem;gap:.75rem 0}"
    ".facts>div{padding:0 1.25rem;border-left:1px solid var(--line)}"
    ".facts>div:first-child{padding-left:0;border-left:0}"
    ".facts dt{font-size:.8125rem;color:var(--soft)}"
    ".facts dd{margin:.05rem 0 0;font-weight:600}"
    ".facts .file{flex:1 1 9rem}.facts .money dd{color:var(--tone);font-size:1.25rem;"
    "line-height:1.2}";

static const char sections[] =
    "main>section{margin-top:2.75rem}"
    ".top{border-bottom:2px solid var(--ink);padding-bottom:.4rem;display:flex;gap:1rem;"
    "align-items:baseline;justify-content:space-between}"
    ".top .sum{font-size:.875rem;color:var(--soft);white-space:nowrap}"
    ".top+p{margin-top:.6rem}"
    ".item{display:grid;grid-template-columns:2.25rem minmax(0,1fr);padding:1.15rem 0 1.2rem;"
    "border-bottom:1px solid var(--line)}"
    ".item>.no{font:600 1.25rem/1.3 " SERIF ";color:var(--mark)}"
    ".bad{--mark:var(--bad)}.ask{--mark:var(--ask)}.plain{--mark:var(--soft)}"
    ".says{margin-top:.35rem}"
    ".todo{margin-top:.7rem;padding-left:.85rem;border-left:3px solid var(--mark)}"
    ".todo b{display:block;font-size:.8125rem;color:var(--mark)}"
    ".cells{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.6rem "
    "1.5rem;"
    "margin:.75rem 0 0}"
    ".cells dt{font-size:.8125rem;color:var(--soft)}.cells dd{margin:0;font-weight:600}"
    ".cells .where{grid-column:1/-1}.cells .where dd{font-weight:400}"
    ".at{margin-top:.15rem;font-size:.9375rem}.at b{font-weight:400}.at "
    ".soft{font-size:.8125rem}"
    ".at .soft::before{content:\"\\2003\"}"
    ".soft strong{color:var(--ink);font-weight:600}"
    "td.num small{white-space:normal}td small.says,th "
    "small.says{color:var(--ink);font-size:.875rem}"
    ".item:last-child{border-bottom:0}"
    ".cells small,td small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}"
    ".gap{color:var(--mark)}"
    "blockquote{margin:.6rem 0 0;padding:.1rem 0 .1rem 1rem;border-left:3px solid var(--line);"
    "font-family:" SERIF ";font-size:1.0625rem;max-width:42rem}"
    "blockquote p{margin:0}blockquote footer{font:.8125rem/1.5 " SANS ";color:var(--soft);"
    "margin-top:.3rem}";

static const char tables[] =
    "table{border-collapse:collapse;width:100%;margin:.75rem 0 0}"
    "caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.35rem}"
    "th{font-size:.8125rem;font-weight:400;color:var(--soft);text-align:left}"
    "th.num{text-align:right}"
    "th,td{padding:.4rem .75rem .4rem 0;vertical-align:top;border-top:1px solid var(--line)}"
    "thead th{border-top:0;padding-top:0}"
    "th:last-child,td:last-child{padding-right:0}"
    "tbody th{font-size:1rem;font-weight:600;color:var(--ink)}"
    "tbody th small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}"
    ".wide{min-width:11rem}.name::first-letter{text-transform:uppercase}"
    "details{margin-top:.6rem}"
    "summary{cursor:pointer;padding:.15rem "
    "0;text-decoration:underline;text-decoration-thickness:1px;"
    "text-decoration-color:var(--soft);text-underline-offset:.2em}"
    "summary:focus-visible{outline:3px solid var(--tone);outline-offset:3px}"
    ".passed li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:1rem;padding:.3rem 0;"
    "border-top:1px solid var(--line)}"
    ".passed code{color:var(--soft)}"
    ".why{margin-top:1.25rem}.why li{padding:.45rem 0;border-top:1px solid var(--line)}"
    ".why .names{margin:.2rem 0 0;display:grid;gap:0 1.5rem;"
    "grid-template-columns:repeat(auto-fill,minmax(18rem,1fr))}"
    ".why .names li{border:0;padding:.05rem 0;color:var(--soft);font-size:.875rem}"
    ".print dl{display:grid;grid-template-columns:minmax(7rem,11rem) "
    "minmax(0,1fr);margin:.6rem 0 0;"
    "font-size:.875rem}"
    ".print dt{color:var(--soft);padding:.3rem 1rem .3rem 0;border-top:1px solid var(--line)}"
    ".print dd{margin:0;padding:.3rem 0;border-top:1px solid var(--line)}"
    ".print dt:first-of-type,.print dt:first-of-type+dd{border-top:0}"
    ".print,.print table,.print tbody th{font-size:.875rem}";

/* A phone: rows become blocks, each cell under its own name. */
static const char narrow[] =
    "@media (max-width:36rem){"
    "main{padding:0 1rem 3rem}h1{font-size:1.65rem}h2{font-size:1.25rem}"
    "header{padding-top:1rem}.badge{margin-top:1.1rem}"
    ".facts{display:grid;grid-template-columns:1fr 1fr;gap:.7rem 1rem}"
    ".facts>div{padding:0;border:0}.facts .file{grid-column:1/-1}"
    "main>section{margin-top:2.1rem}"
    ".item{grid-template-columns:1.6rem minmax(0,1fr)}"
    ".cells{grid-template-columns:1fr 1fr}"
    ".top{display:block}.top .sum{display:block}"
    ".stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    ".stack,.stack tbody,.stack tr,.stack td,.stack tbody th{display:block}"
    ".stack tr{border-top:1px solid var(--line);padding:.5rem 0}"
    ".stack td,.stack tbody th{border:0;padding:.1rem 0}"
    ".stack td[data-th]{display:flex;justify-content:space-between;gap:1rem}"
    ".stack td[data-th]::before{content:attr(data-th);color:var(--soft);font-size:.8125rem;"
    "font-weight:400}"
    ".print dl{grid-template-columns:1fr}.print dd,.print dt+dd{border:0;padding-top:0}"
    ".passed li,.why .names{grid-template-columns:1fr;gap:0}}";

static const char paper[] =
    "@page{size:A4;margin:16mm 15mm 18mm}"
    "@media print{html{font-size:9.25pt}main{max-width:none;padding:0}"
    "header{border-top-width:4pt;padding-top:8pt}.badge{margin-top:10pt}h1{font-size:20pt}"
    "h2{font-size:14pt}main>section{margin-top:16pt}"
    ".item,tr,.why li,blockquote{break-inside:avoid}.top,h2,h3,thead{break-after:avoid}"
    ".item.long{break-inside:auto}.item{padding:8pt 0}p{orphans:3;widows:3}"
    "details::details-content{content-visibility:visible;display:block;height:auto}"
    "summary{text-decoration:none;list-style:none;color:var(--soft)}.rest{display:none}"
    ".passed ul{columns:2;column-gap:2rem}.passed li{font-size:.8125rem;padding:.15rem 0;"
    "break-inside:avoid;gap:.5rem}}";

static const char begins[] =
    "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n<style>";

struct text
render_html_head(void)
{
	const char *const parts[] = { begins, colours, page, head, sections, tables, narrow,
		paper, "</style>\n" };
	static struct buf whole;
	size_t i;

	if (whole.n == 0)
		for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			buf_str(&whole, parts[i]);
	if (buf_failed(&whole))
		buf_free(&whole);
	return whole.p != NULL ? buf_as_text(&whole) : TEXT_NONE;
}
