"""Language tags: whether one is well-formed, and how it is properly written.

Source: BCP 47 (RFC 5646), sections 2.1 and 2.1.1. Of its grammar we take what people are addressed in: a
language of two or three letters, then script, region and variants. Extensions, private use and the
grandfathered tags are left out. Whether a tag is a language we offer is for the caller to say.
"""

import re

_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})"
    r"(?:-(?P<script>[A-Za-z]{4}))?"
    r"(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)


def canonical_tag(tag: str) -> str | None:
    """The tag as BCP 47 recommends to write it (`en_gb` gives `en-GB`), or None when it is no tag at all."""
    match = _TAG.fullmatch(tag.replace("_", "-"))
    if match is None:
        return None
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["variants"].lower()


def tag_problem(tag: str) -> str | None:
    """One sentence on what is wrong with a language tag, or None when it is well-formed and well written."""
    canonical = canonical_tag(tag)
    if canonical is None:
        return f"'{tag}' is not a language tag; tags look like 'ur', 'en-GB' or 'zh-Hant'."
    if canonical != tag:
        return f"The language tag '{tag}' is written '{canonical}'."
    return None
