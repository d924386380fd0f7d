"""Sphinx builds the pages of docs/ into a site (script/docs). Nothing on it is asked of another host, and its search works without a server."""
import collections
import pathlib
import re

from docutils import nodes
from pygments.lexers.special import TextLexer

DOCS = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/fairlead/fairlead/blob/main/"

project = "Fairlead"
copyright = "the Fairlead authors, Apache-2.0"
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["site"]
root_doc = "index"
html_theme = "furo"
html_title = "Fairlead"
html_static_path = ["static"]
html_css_files = ["fairlead.css"]
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 6
smartquotes = False  # `--flag` stays two hyphens
pygments_style = "default"
suppress_warnings = ["myst.xref_missing"]  # tests/e2e/site.py follows every link


def listed(text):
    """The sections of index.md, each with the pages that it lists: they are the menu."""
    for title, section in re.findall(r"(?m)^## (.+)\n((?:(?!## ).*\n?)*)", text):
        yield title, re.findall(r"\]\(([\w-]+)\.md\)", section)


def before_parsing(_app, name, source):
    text = source[0]
    if name == "index":
        for title, pages in listed(text):
            text += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n" + "\n".join(pages) + "\n```\n"
    source[0] = re.sub(r"\]\(\.\./([^)\s]+)\)", rf"]({REPOSITORY}\1)", text)


def after_parsing(_app, doctree):
    """Each heading has the anchor that GitHub gives it, which messages and SARIF's rules name."""
    seen = collections.Counter()
    for section in doctree.findall(nodes.section):
        anchor = re.sub(r"[^\w\- ]", "", section.next_node(nodes.title).astext().lower()).replace(" ", "-")
        seen[anchor] += 1
        if seen[anchor] > 1:
            anchor += f"-{seen[anchor] - 1}"
        section["ids"] = [anchor, *(one for one in section["ids"] if one != anchor)]


def leads_elsewhere(app, _env, reference, content):
    """A link to an <a id> of a page, which is no heading."""
    page, _, anchor = reference["reftarget"].partition("#")
    document = reference["refdoc"] if not page else page.removesuffix(".md")
    if document in app.env.all_docs:
        uri = app.builder.get_relative_uri(reference["refdoc"], document)
        return nodes.reference("", "", content, internal=True, refuri=f"{uri}#{anchor}" if anchor else uri)
    return None


# What the theme leaves out for those who hear a page or have no mouse (axe-core).
HEARD = (
    ('role="heading"><span class="caption-text">', 'role="heading" aria-level="2"><span class="caption-text">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="This page">'),
    ('<label class="overlay ', '<label aria-hidden="true" class="overlay '),
    ("<pre>", '<pre tabindex="0">'),
    ('<div class="table-wrapper ', '<div tabindex="0" class="table-wrapper '),
    ('<th class="head"><p></p></th>', '<td class="head"></td>'),
    ('<div id="search-results"></div>', '<h1>Search</h1>\n<div id="search-results"></div>'),
)


def after_building(app, problem):
    for file in pathlib.Path(app.outdir).glob("*.html") if problem is None else ():
        text = file.read_text()
        for old, new in HEARD:
            text = text.replace(old, new)
        file.write_text(text)


def setup(app):
    app.add_lexer("hurl", TextLexer)
    app.connect("source-read", before_parsing)
    app.connect("doctree-read", after_parsing, priority=1)
    app.connect("missing-reference", leads_elsewhere)
    app.connect("build-finished", after_building)
