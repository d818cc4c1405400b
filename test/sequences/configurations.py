"""Which configurations there are: `@configurations(prefix, setting=(value, …), …)` above a module class that takes the settings by name.

The class has `inputs(size)`, the inputs of one of two sizes, and `dynamic`: a trace of it holds at the other size too.
A class may refuse a combination in its `valid(**settings)`.
"""
import itertools
import re
from dataclasses import dataclass, field

import torch.nn as nn


class Configured(nn.Module):
    dynamic: bool = True
    fused: bool = False

    @staticmethod
    def valid(**settings) -> bool:
        return True


@dataclass
class Entry:
    name: str
    make: type
    capture: str
    settings: dict = field(default_factory=dict)


@dataclass
class Family:
    prefix: str
    make: type
    captures: tuple
    settings: dict


FAMILIES: list[Family] = []


def configurations(prefix, captures=("traced", "scripted"), **settings):
    def declare(make):
        FAMILIES.append(Family(prefix, make, captures, settings))
        return make

    return declare


def entries(everything):
    """The chosen configurations, or all of them in both captures."""
    for family in FAMILIES:
        rows = [dict(zip(family.settings, row)) for row in itertools.product(*family.settings.values())]
        rows = [row for row in rows if family.make.valid(**row)]
        for i, row in enumerate(rows if everything else pairs(rows)):
            for capture in family.captures if everything else [family.captures[i % len(family.captures)]]:
                name = "-".join([family.prefix, *(text(key, value) for key, value in row.items())])
                yield Entry(re.sub("-+", "-", name).strip("-"), family.make, capture, row)


def text(key, value):
    """As a part of a name: a flag by its own name, 0 and None not at all."""
    if value is True:
        return key.replace("_", "")
    return "" if value is False or value is None or value == 0 else f"{value}{key[0] if isinstance(value, (int, float)) else ''}".replace("_", "")


def pairs(rows):
    """A few rows in which every pair of settings of two keys meets that meets in any: greedily, so always the same."""
    def met(row):
        return set(itertools.combinations(row.items(), min(2, len(row))))

    wanted = set().union(*map(met, rows)) if rows else set()
    chosen = []
    while wanted:
        best = max(rows, key=lambda row: len(met(row) & wanted))
        wanted -= met(best)
        chosen.append(best)
    return chosen or rows[:1]
