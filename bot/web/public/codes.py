"""A link as a code to point a telephone at."""

from base64 import b64encode
from functools import lru_cache

from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode


@lru_cache(maxsize=256)
def svg_code(link: str) -> str:
    """The QR code as a `data:` address of an SVG picture, which the pages' policy allows."""
    code = QRCode(border=4, image_factory=SvgPathImage)
    code.add_data(link)  # type: ignore[no-untyped-call]
    picture = code.make_image().to_string()  # type: ignore[no-untyped-call]
    return f"data:image/svg+xml;base64,{b64encode(picture).decode()}"
