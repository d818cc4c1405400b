"""Types of generated programs, and what a program calls them.

A type is 'int', 'float', 'bool', 'str', or a tuple: ('T', dtype, dims), ('L', item), ('D', key, value), ('Tup', items), ('NT', name),
('Opt', inner), ('Obj', name). Dims are numbers, names of extents that every input shares ('N', 'M'), or None for what is not known.
"""

INT, FLOAT, BOOL, STR = 'int', 'float', 'bool', 'str'
SCALARS = (INT, FLOAT, BOOL, STR)


def T(dtype, *dims):
    return ('T', dtype, tuple(dims))


def L(item):
    return ('L', item)


def D(key, value):
    return ('D', key, value)


def is_a(kind, ty):
    return isinstance(ty, tuple) and ty[0] == kind


def annotation(ty):
    if isinstance(ty, str):
        return ty
    kind = ty[0]
    if kind == 'T':
        return 'Tensor'
    if kind == 'L':
        return f'List[{annotation(ty[1])}]'
    if kind == 'D':
        return f'Dict[{annotation(ty[1])}, {annotation(ty[2])}]'
    if kind == 'Tup':
        return f'Tuple[{", ".join(map(annotation, ty[1]))}]'
    if kind == 'Opt':
        return f'Optional[{annotation(ty[1])}]'
    return ty[1]


def fits(have, want):
    """Whether a value of type `have` may be assigned where `want` is declared. Unknown extents take any."""
    if is_a('T', have) and is_a('T', want):
        return (
            have[1] == want[1]
            and len(have[2]) == len(want[2])
            and all(w is None or h == w for h, w in zip(have[2], want[2], strict=True))
        )
    if is_a('L', have) and is_a('L', want):
        return have[1] == want[1]
    return have == want
