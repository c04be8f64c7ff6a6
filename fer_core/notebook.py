"""HTML for notebooks, as text: nothing in it loads from elsewhere, and all words are escaped."""

import base64
from collections.abc import Iterable
from html import escape


def photo_html(jpeg: bytes, *, description: str) -> str:
    """Return a photo inside the page itself, for `_repr_html_`.

    Args:
        jpeg: Content of a JPEG file.
        description: What the photo shows, for those who cannot see it.

    >>> photo_html(b"", description='"<b>"')
    '<img src="data:image/jpeg;base64," alt="&quot;&lt;b&gt;&quot;" style="max-width: 100%">'
    """
    data = base64.b64encode(jpeg).decode("ascii")
    return (
        f'<img src="data:image/jpeg;base64,{data}" alt="{escape(description)}" '
        'style="max-width: 100%">'
    )


def table_html(
    caption: str, *, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> str:
    """Return a small table, for `_repr_html_`.

    >>> table_html("1 face", columns=("face", "reading"), rows=[(1, "<happy>")])[-45:]
    '<td>1</td><td>&lt;happy&gt;</td></tr></table>'
    """
    heads = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{heads}</tr>{lines}</table>"
