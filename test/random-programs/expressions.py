"""Expressions of generated programs, by the type that is wanted, over the variables in scope."""

import random

from kinds import BOOL, FLOAT, INT, SCALARS, STR, D, L, annotation, fits, is_a
from tensors import BINARY, OPERATORS, UNARY, broadcast

WORDS = ['a', 'b', 'ab', 'abc', 'x', 'key', 'Zed', 'a,b', 'a b', '']


class Expressions:
    """Random choices, the scope, and expressions. `scope` maps names to types; what is not in it cannot be used."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.scope = {}
        self.fixed = set()
        self.tuples = {}
        self.classes = {}
        self.sizes = {}
        self.count = 0
        self.turning = 0

    def pick(self, options):
        return self.rng.choice(list(options))

    def chance(self, p):
        return self.rng.random() < p

    def below(self, n):
        return self.rng.randrange(n)

    def int(self, low, high):
        return self.rng.randint(low, high)

    def name(self, prefix='v'):
        self.count += 1
        return f'{prefix}{self.count}'

    def find(self, test):
        """A variable whose type passes, the later the likelier; (name, type) or None."""
        found = [(name, ty) for name, ty in self.scope.items() if test(ty)]
        if not found:
            return None
        return found[max(self.below(len(found)), self.below(len(found)))]

    def var(self, ty):
        found = self.find(lambda have: fits(have, ty))
        return None if found is None else found[0]

    # Whatever is wanted.

    def expr(self, ty, depth=2):
        if isinstance(ty, str):
            return {INT: self.integer, FLOAT: self.floating, BOOL: self.boolean, STR: self.text}[ty](depth)
        kind = ty[0]
        if kind == 'T':
            return self.tensor_like(ty[1], ty[2], depth)
        name = self.var(ty)
        if kind == 'L':
            return self.list(ty, name, depth)
        if kind == 'D':
            if name is not None and self.chance(0.6):
                return f'{name}.copy()' if self.chance(0.5) else name
            if self.chance(0.3):
                return f'torch.jit.annotate({annotation(ty)}, {{}})'
            return '{' + ', '.join(f'{key}: {self.expr(ty[2], depth - 1)}' for key in self.keys(ty[1])) + '}'
        if kind == 'Tup':
            if name is not None and self.chance(0.5):
                return name
            return f'({", ".join(self.expr(item, depth - 1) for item in ty[1])})'
        if name is not None and self.chance(0.5):
            return name
        if kind == 'NT':
            return f'{ty[1]}({", ".join(self.expr(item, depth - 1) for _, item in self.tuples[ty[1]])})'
        if kind == 'Obj':
            return f'{ty[1]}({self.expr(INT, depth - 1)})'
        inner = self.expr(ty[1], depth - 1)
        return f'torch.jit.annotate({annotation(ty)}, {self.pick(["None", inner])})'

    def keys(self, ty):
        if ty == INT:
            return [str(k) for k in self.rng.sample(range(5), self.int(1, 3))]
        return [repr(k) for k in self.rng.sample(['a', 'b', 'ab', 'k'], self.int(1, 3))]

    def key(self, ty, depth=1):
        """A key that is made at run time, of a small set, so that it is met again."""
        if ty == INT:
            return f'({self.integer(depth)} % 5)'
        return self.pick([f"'k' + str({self.integer(depth)} % 3)", repr(self.pick(['a', 'b', 'ab'])), self.text(depth)])

    # Numbers.

    def integer(self, depth):
        name = self.var(INT)
        if depth <= 0 or self.chance(0.25):
            return name if name is not None and self.chance(0.75) else str(self.int(-3, 9))
        e = lambda: self.integer(depth - 1)  # noqa: E731
        forms = [
            lambda: f'({e()} {self.pick("+-")} {e()})',
            lambda: f'({e()} {self.pick("+-")} {e()})',
            lambda: f'({e()} * {e()} % 89)',
            lambda: f'({e()} // {self.pick(["2", "3", "-2"])})',
            lambda: f'({e()} % {self.pick(["3", "5", "-4"])})',
            lambda: f'({e()} // (abs({e()}) + 1))',
            lambda: f'abs({e()})',
            lambda: f'{self.pick(["min", "max"])}({e()}, {e()})',
            lambda: f'int({self.floating(depth - 1)})',
            lambda: f'int({self.boolean(depth - 1)})',
            lambda: f'({e()} if {self.boolean(depth - 1)} else {e()})',
            lambda: f'({e()} {self.pick(["&", "|", "^"])} {e()})',
            lambda: f'(-{e()})',
            lambda: f'({e()} << {self.int(1, 2)}) % 101',
        ]
        forms += self.about(lambda ty: is_a('L', ty) or is_a('D', ty) or ty == STR, 3, lambda v, ty: f'len({v})')
        forms += self.about(
            lambda ty: ty == L(INT),
            2,
            lambda v, ty: self.pick(
                [
                    f'sum({v})', f'({v}[{e()} % len({v})] if len({v}) > 0 else {e()})', f'({v}[-1] if len({v}) > 0 else 0)',
                    f'(max({v}) if len({v}) > 0 else -1)', f'(min({v}) if len({v}) > 0 else 7)', f'{v}.count({e()})',
                ]
            ),
        )  # fmt: skip
        forms += self.about(lambda ty: is_a('D', ty) and ty[2] == INT, 2, lambda v, ty: f'{v}.get({self.key(ty[1])}, {e()})')
        forms += self.about(
            lambda ty: ty == STR, 1, lambda v, ty: self.pick([f'{v}.find({self.text(0)})', f"{v}.count('a')", f'(ord({v}[0]) if len({v}) > 0 else 0)'])
        )
        forms += self.about(
            lambda ty: is_a('T', ty),
            2,
            lambda v, ty: self.pick(
                [f'{v}.numel()', f'{v}.dim()', *([f'{v}.size({self.pick([0, -1])})', f'{v}.shape[0]', f'len({v})'] if ty[2] else [])]
            ),
        )
        forms += self.about(
            lambda ty: is_a('T', ty) and ty[1] == 'int64', 2, lambda v, ty: f'int({v}.sum())' if ty[2] else f'int({v}{self.pick(["", ".item()"])})'
        )
        forms += self.about(lambda ty: is_a('T', ty) and ty[1] == 'bool', 1, lambda v, ty: f'int({v}.sum())')
        forms += self.about(lambda ty: is_a('T', ty) and ty[1] == 'float32', 1, lambda v, ty: f'int({v}.sum() * 2)')
        forms += self.fields(INT)
        return self.pick(forms)()

    def floating(self, depth):
        name = self.var(FLOAT)
        if depth <= 0 or self.chance(0.25):
            return name if name is not None and self.chance(0.7) else self.pick(['0.5', '-1.25', '2.0', '3.75', '0.1', '-0.0', '10.0'])
        e = lambda: self.floating(depth - 1)  # noqa: E731
        forms = [
            lambda: f'({e()} {self.pick("+-")} {e()})',
            lambda: f'max(min({e()} * {e()}, 99.0), -99.0)',
            lambda: f'({e()} / (abs({e()}) + 1.0))',
            lambda: f'({e()} {self.pick("+-")} {self.integer(depth - 1)})',
            lambda: f'float({self.integer(depth - 1)})',
            lambda: f'({self.integer(depth - 1)} / {self.pick(["2", "4", "3"])})',
            lambda: f'abs({e()})',
            lambda: f'{self.pick(["min", "max"])}({e()}, {e()})',
            lambda: f'({e()} if {self.boolean(depth - 1)} else {e()})',
            lambda: f'math.floor({e()}) * 0.5',
            lambda: f'math.sqrt(abs({e()}))',
            lambda: f'({e()} % {self.pick(["2.0", "0.75"])})',
            lambda: f'({e()} // 2.0)',
            lambda: f'round({e()})',
            lambda: f'float({self.boolean(depth - 1)})',
        ]
        forms += self.about(lambda ty: is_a('T', ty) and ty[1] == 'float32', 4, lambda v, ty: self.scalar_of(v, ty))
        forms += self.about(lambda ty: ty == L(FLOAT), 2, lambda v, ty: f'({v}[{self.pick([0, -1])}] if len({v}) > 0 else {e()})')
        forms += self.about(lambda ty: ty == L(FLOAT), 1, lambda v, ty: f'sum({v})')
        forms += self.about(lambda ty: is_a('D', ty) and ty[2] == FLOAT, 2, lambda v, ty: f'{v}.get({self.key(ty[1])}, {e()})')
        forms += self.fields(FLOAT)
        return self.pick(forms)()

    def scalar_of(self, v, ty):
        if ty[2] == ():
            return self.pick([f'float({v})', f'float({v}.item())'])
        return self.pick([f'float({v}.sum())', f'float({v}.mean())', f'float({v}.amax())', f'float({v}.abs().sum())'])

    def boolean(self, depth):
        name = self.var(BOOL)
        if depth <= 0:
            return name if name is not None and self.chance(0.7) else self.pick(['True', 'False', f'({self.integer(0)} > 2)'])
        compare = self.pick(['>', '<', '>=', '<=', '==', '!='])
        forms = [
            lambda: f'({self.integer(depth - 1)} {compare} {self.integer(depth - 1)})',
            lambda: f'({self.integer(depth - 1)} {compare} {self.int(-1, 5)})',
            lambda: f'({self.integer(depth - 1)} % 2 == {self.below(2)})',
            lambda: f'({self.floating(depth - 1)} {self.pick("<>")} {self.pick(["0.3", "-0.2", "1.7"])})',
            lambda: f'({self.boolean(depth - 1)} {self.pick(["and", "or"])} {self.boolean(depth - 1)})',
            lambda: f'(not {self.boolean(depth - 1)})',
            lambda: name if name is not None else f'({self.integer(0)} > 1)',
        ]
        forms += self.about(
            lambda ty: is_a('T', ty),
            5,
            lambda v, ty: {
                'float32': lambda: self.pick([f'bool({v}.sum() > 0.3)', f'bool(({v} > 0.4).any())', f'bool(({v} < 1.6).all())', f'bool({v}.mean() < 0.2)']),
                'int64': lambda: self.pick([f'bool({v}.sum() > 2)', f'bool(({v} > 1).any())', f'bool({v}.sum() % 2 == 0)']),
                'bool': lambda: self.pick([f'bool({v}.any())', f'bool({v}.all())', f'bool({v}.sum() > 1)']),
            }[ty[1]](),
        )
        forms += self.about(lambda ty: is_a('T', ty) and len(ty[2]) > 0, 1, lambda v, ty: f'({v}.size({self.below(len(ty[2]))}) > {self.int(1, 2)})')
        forms += self.about(lambda ty: is_a('L', ty) or is_a('D', ty) or ty == STR, 3, lambda v, ty: f'(len({v}) {compare} {self.int(0, 3)})')
        forms += self.about(lambda ty: is_a('L', ty) and ty[1] in (INT, STR, FLOAT), 2, lambda v, ty: f'({self.expr(ty[1], 0)} in {v})')
        forms += self.about(lambda ty: is_a('L', ty) and ty[1] in SCALARS, 1, lambda v, ty: f'({v} == {self.expr(ty, 1)})')
        forms += self.about(lambda ty: is_a('D', ty), 3, lambda v, ty: f'({self.key(ty[1])} {self.pick(["in", "not in"])} {v})')
        forms += self.about(
            lambda ty: ty == STR,
            2,
            lambda v, ty: self.pick(
                [f'({v} {self.pick(["==", "!=", "<", ">"])} {self.text(0)})', f"{v}.startswith('a')", f"{v}.endswith('b')", f"('b' in {v})", f'{v}.isupper()']
            ),
        )
        forms += self.about(lambda ty: is_a('Opt', ty), 2, lambda v, ty: f'({v} is {self.pick(["None", "not None"])})')
        forms += self.fields(BOOL)
        return self.pick(forms)()

    def about(self, test, weight, make):
        """Forms that look at a variable, where there is one."""
        found = self.find(test)
        return [] if found is None else [lambda: make(*found)] * weight

    def fields(self, want):
        """Fields of NamedTuples, tuples and objects, attributes of the module."""
        forms = []
        for name, ty in self.scope.items():
            if is_a('NT', ty):
                forms += [lambda t=f'{name}.{f}': t for f, item in self.tuples[ty[1]] if fits(item, want)]
            elif is_a('Tup', ty):
                forms += [lambda t=f'{name}[{i}]': t for i, item in enumerate(ty[1]) if fits(item, want)]
            elif is_a('Obj', ty):
                forms += [lambda t=f'{name}.{f}': t for f, item in self.classes[ty[1]] if fits(item, want)]
        return forms

    # Text.

    def text(self, depth):
        name = self.var(STR)
        if depth <= 0 or self.chance(0.2):
            return name if name is not None and self.chance(0.7) else repr(self.pick(WORDS))
        e = lambda: self.text(depth - 1)  # noqa: E731
        forms = [
            lambda: f'({e()} + {e()})[:20]',
            lambda: f'str({self.integer(depth - 1)})',
            lambda: "f'{%s}-{%s}'" % (self.integer(0), self.var(STR) or self.integer(0)),
            lambda: f"'{{}}:{{}}'.format({self.integer(depth - 1)}, {e()})",
            lambda: f"'%d/%s' % ({self.integer(depth - 1)}, {e()})",
            lambda: f'{self.operand(e())}.{self.pick(["upper()", "lower()", "strip()", "capitalize()"])}',
            lambda: f"{self.operand(e())}.replace('a', {e()})[:20]",
            lambda: f'{self.operand(e())}[{self.pick(["1:", ":2", "-2:", "::2"])}]',
            lambda: f'({e()} if {self.boolean(depth - 1)} else {e()})',
        ]
        forms += self.about(lambda ty: ty == L(STR), 3, lambda v, ty: self.pick([f"','.join({v})", f"({v}[0] if len({v}) > 0 else '-')"]))
        forms += self.about(lambda ty: is_a('D', ty) and ty[2] == STR, 2, lambda v, ty: f'{v}.get({self.key(ty[1])}, {e()})')
        forms += self.fields(STR)
        return self.pick(forms)()

    @staticmethod
    def operand(text):
        return text if text.isidentifier() else f'({text})'

    # Lists.

    def list(self, ty, name, depth):
        item = ty[1]
        forms = [lambda: f'[{", ".join(self.expr(item, depth - 1) for _ in range(self.int(1, 3)))}]']
        if depth <= 0 and name is not None:
            return name
        forms.append(lambda: f'torch.jit.annotate({annotation(ty)}, [])')
        if name is not None:
            forms += [lambda: f'{name}[{self.pick(["1:", ":2", "::2", "-2:", ":-1"])}]', lambda: f'{name} + {name}[:1]', lambda: f'{name}.copy()']
            if item in (INT, FLOAT, STR):
                forms.append(lambda: f'sorted({name})')
            forms.append(lambda: self.comprehension(item, name, ty))
        if item == INT:
            forms.append(lambda: f'[{self.pick(["i", "i * 2", "i * i", "i + 1"])} for i in range(abs({self.integer(depth - 1)}) % 5)]')
            forms += self.about(lambda t: is_a('T', t), 2, lambda v, t: f'list({v}.shape)')
            forms += self.about(lambda t: is_a('T', t) and t[1] == 'int64' and len(t[2]) == 1, 2, lambda v, t: f'torch.jit.annotate(List[int], {v}.tolist())')
            forms += self.about(lambda t: is_a('D', t) and t[1] == INT, 2, lambda v, t: f'list({v}.keys())')
            forms += self.about(lambda t: t == L(STR), 1, lambda v, t: f'[len(w) for w in {v}]')
        if item == FLOAT:
            forms += self.about(lambda t: is_a('T', t) and t[1] == 'float32' and len(t[2]) == 1, 3, lambda v, t: f'torch.jit.annotate(List[float], {v}.tolist())')
            forms += self.about(lambda t: is_a('D', t) and t[2] == FLOAT, 2, lambda v, t: f'list({v}.values())')
        if item == STR:
            forms.append(lambda: f"{self.operand(self.text(depth - 1))}.split({self.pick(['', repr(','), repr('a')])})")
            forms += self.about(lambda t: is_a('D', t) and t[1] == STR, 2, lambda v, t: f'list({v}.keys())')
            forms += self.about(lambda t: t == L(INT), 2, lambda v, t: f'[str(k) for k in {v}]')
        if is_a('T', item):
            forms += self.about(
                lambda t: is_a('T', t) and t[1] == item[1] and t[2][1:] == item[2] and len(t[2]) > 0,
                3,
                lambda v, t: self.pick([f'list(torch.unbind({v}))', f'[r for r in {v}]', f'list({v}.unbind(0))']),
            )
        return self.pick(forms)()

    def comprehension(self, item, name, ty):
        each = self.name('c')
        saved = dict(self.scope)
        self.scope[each] = item
        text = self.expr(item, 1)
        self.scope = saved
        return f'[{text} for {each} in {name}]'

    # Tensors.

    def tensor(self, depth=2):
        """Any tensor: (text, dtype, dims)."""
        found = self.find(lambda ty: is_a('T', ty))
        e = (found[0], found[1][1], found[1][2]) if found is not None else ('torch.ones(3)', 'float32', (3,))
        for _ in range(self.int(1, max(1, depth))):
            made = self.pick(OPERATORS)(self, *e, depth)
            if made is not None and made[0] is not None and len(made[2]) <= 3:
                text, dtype, dims = made
                # An index or a value: told by how it was made.
                if dtype is None:
                    dtype = 'int64' if text.endswith('[1]') else e[1]
                e = (text, dtype, dims)
        return e

    def tensor_for(self, dtype, dims, depth):
        """A tensor that broadcasts with `dims`: (text, dims of the result), or None."""
        found = self.find(lambda ty: is_a('T', ty) and ty[1] == dtype and broadcast(ty[2], dims) is not None)
        if found is not None and self.chance(0.85):
            text = found[0]
            if depth > 0 and self.chance(0.4):
                text = self.pick(UNARY[dtype]).format(text)
            return text, broadcast(found[1][2], dims)
        if dtype == 'bool':
            found = self.find(lambda ty: is_a('T', ty) and ty[1] != 'bool' and broadcast(ty[2], dims) is not None)
            return None if found is None else (f'({found[0]} > {self.pick(["0", "1"])})', broadcast(found[1][2], dims))
        if None in dims:
            return None
        return self.constant(dtype, dims), dims

    def constant(self, dtype, dims):
        """A new tensor of given extents."""
        size = ', '.join(str(d) if isinstance(d, int) else self.sizes[d] for d in dims)
        if dtype == 'float32':
            return f'{self.pick(["torch.ones", "torch.zeros"])}([{size}])' if self.chance(0.5) else f'torch.full([{size}], {self.pick(["0.5", "-1.5"])})'
        if dtype == 'int64':
            return f'torch.full([{size}], {self.int(0, 3)})'
        return f'torch.ones([{size}], dtype=torch.bool)'

    def tensor_like(self, dtype, dims, depth):
        """A tensor of just these extents, those that are None excepted."""
        want = ('T', dtype, dims)
        name = self.var(want)
        if name is None:
            return self.constant(dtype, tuple(1 if d is None else d for d in dims))
        if depth <= 0 or self.chance(0.2):
            return name
        have = self.scope[name]
        if self.chance(0.4):
            other = self.var(('T', dtype, have[2])) if None not in have[2] else None
            if other is not None:
                return self.pick(BINARY[dtype]).format(name, other)
        return self.pick(UNARY[dtype]).format(name)
