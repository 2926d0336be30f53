"""Small numbers in public: none below five, and none that could be worked out from those beside it.

A total below five is only said to be so. Of parts, the small ones are put together under one name that does not say
which they are, and as long as that sum is itself below five, or could come about in one way only, the next smallest
joins it. What is published then adds up
exactly, so that nothing can be gained by subtracting. Source of the figure: the NHS and the ONS hide counts below 5
(ONS, Policy on protecting confidentiality in tables of birth and death statistics).
"""

from collections.abc import Mapping

LEAST = 5
"""The smallest count that is published as it is."""
SMALL = "<5"
OTHER = "other"


def shown(count: int) -> int | str:
    """A count as the public sees it: itself from five on, 0 where there is none, else `<5`."""
    return count if count == 0 or count >= LEAST else SMALL


def parts(counts: Mapping[str, int]) -> dict[str, int] | None:
    """The parts of a total, small ones together under `other`; None where the total itself is below five.

    Also None where everything would be `other`: then the total says it all.
    """
    kept = {name: count for name, count in counts.items() if count > 0}
    if sum(kept.values()) < LEAST:
        return None
    small = {name for name, count in kept.items() if count < LEAST or name == OTHER}
    together = sum(kept[name] for name in small)
    # Equal counts join in the order of their names: the same figures give the same table.
    highest = (LEAST - 1) * len(small)
    for name in sorted(kept.keys() - small, key=lambda each: (kept[each], each)):
        # A sum that only the highest small counts can reach would tell every one of them.
        if not small or (together >= LEAST and together != highest):
            break
        small.add(name)
        together += kept[name]
    published = {name: kept[name] for name in sorted(kept.keys() - small)}
    if not published:
        return None
    return published | ({OTHER: together} if small else {})
