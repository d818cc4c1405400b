"""Statements of generated programs: assignments, writes in place, branches, loops, exits, state. A block is a list of lines and of
(header, block) pairs; an exit is ('return', scope), to be written when the type of the result is known."""

from expressions import Expressions
from kinds import BOOL, FLOAT, INT, SCALARS, STR, D, L, T, annotation, is_a

NEW = [INT, FLOAT, STR, BOOL, L(INT), L(FLOAT), L(STR), D(STR, INT), D(INT, FLOAT), D(STR, FLOAT), D(INT, STR), L(L(INT)),
       ('Tup', (INT, FLOAT)), ('Tup', (STR, INT))]  # fmt: skip
MAX_DEPTH = 3


class Statements(Expressions):
    """`attributes`: what of the module changes across calls, `self.name` to type."""

    def __init__(self, seed):
        super().__init__(seed)
        self.exits = False
        self.left = 0

    def block(self, count, depth, loops=0):
        """Statements over a scope of their own."""
        saved = dict(self.scope)
        out = []
        for _ in range(count):
            if self.left <= 0:
                break
            self.left -= 1
            out += self.statement(depth, loops)
        self.scope = saved
        return out or ['pass']

    def statement(self, depth, loops):
        kinds = [self.new] * 7 + [self.again] * 8 + [self.write_tensor] * 4 + [self.change_list] * 4 + [self.change_dict] * 3
        kinds += [self.optional] * 2 + [self.change_object] * 2 + [self.change_attribute] * 3
        if depth < MAX_DEPTH:
            kinds += [self.branch] * 7 + [self.for_loop] * 4 + [self.while_loop] * 2 + [self.refine] * 2 + [self.guard] * 2
        for _ in range(8):
            made = self.pick(kinds)(depth, loops)
            if made:
                return made
        return self.new(depth, loops)

    # Values.

    def new(self, depth, loops):
        form = self.below(10)
        if form < 5:
            text, dtype, dims = self.tensor(3)
            if loops > 0 and dtype == 'float32' and self.chance(0.5):
                text = f'({text}).clamp(-50.0, 50.0)'
            return self.define(text, T(dtype, *dims))
        if form == 5:
            tensor = self.find(lambda ty: is_a('T', ty) and None not in ty[2])
            if tensor is not None:
                ty = L(tensor[1])
                return self.define(self.expr(ty, 2), ty, annotate=True)
        if form == 6 and self.tuples:
            ty = ('NT', self.pick(self.tuples))
            return self.define(self.expr(ty, 2), ty)
        if form == 7 and self.classes:
            ty = ('Obj', self.pick(self.classes))
            return self.define(f'{ty[1]}({self.integer(1)})', ty)
        ty = self.pick(NEW)
        return self.define(self.expr(ty, 3), ty, annotate=not isinstance(ty, str))

    def define(self, text, ty, annotate=False):
        name = self.name()
        self.scope[name] = ty
        return [f'{name}: {annotation(ty)} = {text}' if annotate else f'{name} = {text}']

    def again(self, depth, loops):
        """Another value for a variable there is."""
        found = self.find(lambda ty: isinstance(ty, str) or ty[0] in ('T', 'L', 'Tup', 'NT'))
        if found is None or found[0] in self.fixed:
            return None
        name, ty = found
        if name.startswith('self.'):
            return None
        if ty == INT:
            return [f'{name} = {self.integer(3)} % 97' if loops or self.chance(0.3) else f'{name} {self.pick(["+", "-"])}= {self.integer(2)}']
        if ty == FLOAT:
            return [f'{name} = max(min({self.floating(3)}, 99.0), -99.0)' if loops else f'{name} {self.pick(["+", "-", "*"])}= {self.floating(2)}']
        if ty == STR:
            return [f'{name} = ({self.text(3)})[:20]' if loops else f'{name} += {self.text(2)}']
        if is_a('L', ty):
            return [f'{name} = ({self.expr(ty, 3)})[:6]']
        text = self.expr(ty, 3)
        if is_a('T', ty) and ty[1] == 'float32' and loops:
            text = f'({text}).clamp(-50.0, 50.0)'
        return [f'{name} = {text}']

    def write_tensor(self, depth, loops):
        found = self.find(lambda ty: is_a('T', ty) and ty[1] != 'bool')
        if found is None or found[0] in self.fixed:
            return None
        name, (_, dtype, dims) = found
        value = {'float32': self.floating(1), 'int64': f'({self.integer(1)} % 9)'}[dtype]
        same = self.tensor_like(dtype, dims, 1) if None not in dims else name
        forms = [f'{name} += {value}', f'{name} += {same}', f'{name}.mul_(0.5)' if dtype == 'float32' else f'{name}.mul_(-1)', f'{name}.add_({same})']
        forms += [f'{name}[{name} > 1] = {self.int(-2, 1)}', f'{name}.clamp_(-2, 5)', f'{name}.zero_()', f'{name}.copy_({same})']
        if dims:
            at = self.pick(['0', '-1', f'{self.integer(1)} % {name}.size(0)', ':1', '1:', '::2'])
            forms += [f'{name}[{at}] = {value}', f'{name}[{at}] += {self.int(1, 3)}', f'{name}[{at}].mul_(2)', f'{name}.select(0, 0).fill_({self.int(0, 4)})']
        if len(dims) > 1:
            forms += [f'{name}[:, 0] = {value}', f'{name}[..., -1] += {value}', f'{name}[0, {self.pick(["0", "-1"])}] = {value}', f'{name}.t()[0].add_(1)' if len(dims) == 2 else f'{name}[0, 0].add_(1)']
        out = [self.pick(forms)]
        # A view that is written afterwards, or sees what is.
        if dims and self.chance(0.25):
            view = self.name()
            out.insert(0, f'{view} = {name}[{self.pick(["0", "-1"])}]')
            self.scope[view] = T(dtype, *dims[1:])
            if self.chance(0.5):
                out.append(f'{view}.add_({self.int(1, 3)})')
        if loops and dtype == 'float32':
            out.append(f'{name}.clamp_(-50.0, 50.0)')
        elif loops:
            out.append(f'{name}.remainder_(53)')
        return out

    # Containers.

    def change_list(self, depth, loops):
        found = self.find(lambda ty: is_a('L', ty))
        if found is None or found[0] in self.fixed:
            return None
        name, ty = found
        item = ty[1]
        value = self.expr(item, 2)
        forms = [f'{name}.append({value})'] * 4 + [f'{name}.insert({self.int(0, 1)}, {value})', f'{name}.extend({self.expr(ty, 1)})', f'{name}.reverse()']
        some = f'len({name}) > 0'
        forms += [(some, f'{name}[{self.pick(["0", "-1", f"{self.integer(1)} % len({name})"])}] = {value}'), (some, f'{name}.pop()'), (f'len({name}) > 1', f'{name}.pop(0)')]
        if item in (INT, FLOAT, STR):
            forms += [f'{name}.sort({self.pick(["", "reverse=True"])})', (f'{value} in {name}', f'{name}.remove({value})') if item == INT and ' ' not in value else f'{name}.sort()']
        if item == L(INT):
            forms += [(some, f'{name}[-1].append({self.integer(1)})')] * 2
        if is_a('T', item):
            forms += [(some, f'{name}[0] = {name}[-1] * 2')]
        if loops and self.chance(0.5):
            return [(f'if len({name}) < 8:', [f'{name}.append({value})'])]
        form = self.pick(forms)
        if loops and isinstance(form, str) and 'extend' in form:
            return None
        return [form] if isinstance(form, str) else [(f'if {form[0]}:', [form[1]])]

    def change_dict(self, depth, loops):
        found = self.find(lambda ty: is_a('D', ty))
        if found is None or found[0] in self.fixed:
            return None
        name, (_, key, value) = found
        k, v = self.key(key), self.expr(value, 2)
        forms = [[f'{name}[{k}] = {v}']] * 4 + [[(f'if {k} in {name}:', [self.pick([f'{name}.pop({k})', f'del {name}[{k}]'])])], [f'{name}.setdefault({k}, {v})']]
        if value in (INT, FLOAT):
            k2 = self.name('k')
            forms += [[f'{k2} = {k}', (f'if {k2} in {name}:', [f'{name}[{k2}] += {v}']), ('else:', [f'{name}[{k2}] = {v}'])]] * 3
        if self.var(('D', key, value)) not in (None, name):
            forms.append([f'{name}.update({self.var(("D", key, value))})'])
        return self.pick(forms)

    def optional(self, depth, loops):
        found = self.find(lambda ty: is_a('Opt', ty))
        if found is not None and self.chance(0.6) and not found[0].startswith('self.'):
            return [f'{found[0]} = {self.pick(["None", self.expr(found[1][1], 2), self.expr(found[1][1], 2)])}']
        ty = ('Opt', self.pick([INT, FLOAT, STR, T('float32', 3), L(INT)]))
        return self.define(self.pick(['None', self.expr(ty[1], 1)]), ty, annotate=True)

    def refine(self, depth, loops):
        found = self.find(lambda ty: is_a('Opt', ty))
        if found is None:
            return None
        name, (_, inner) = found
        out = []
        local = name
        if name.startswith('self.'):
            local = self.name('o')
            out.append(f'{local} = {name}')
        saved = dict(self.scope)
        self.scope.pop(name)
        self.scope[local] = inner
        self.fixed.add(local)
        body = self.block(self.int(1, 3), depth + 1, loops)
        self.scope = saved
        self.fixed.discard(local)
        out.append((f'if {local} is not None:', body))
        if self.chance(0.5):
            del self.scope[name]
            out.append(('else:', self.block(self.int(1, 2), depth + 1, loops)))
            self.scope = saved
        return out

    def change_object(self, depth, loops):
        found = self.find(lambda ty: is_a('Obj', ty))
        if found is None:
            return None
        name, (_, cls) = found
        forms = []
        for field, ty in self.classes[cls]:
            forms.append(f'{name}.{field} = {self.reduced(ty)}')
            if is_a('L', ty):
                forms.append(f'{name}.{field}.append({self.expr(ty[1], 1)})')
        forms += [f'{name}.step({self.integer(1)})'] * 2
        if self.chance(0.3):
            value = self.name()
            self.scope[value] = INT
            return [f'{value} = {name}.step({self.integer(1)})']
        return [self.pick(forms)]

    def reduced(self, ty):
        return f'{self.integer(2)} % 97' if ty == INT else f'max(min({self.floating(2)}, 99.0), -99.0)' if ty == FLOAT else f'({self.text(2)})[:12]' if ty == STR else self.expr(ty, 2)

    def change_attribute(self, depth, loops):
        """Only what a call leaves for the next: lists and dicts of the scope that are attributes change like others."""
        names = [name for name in self.scope if name.startswith('self.')]
        if not names:
            return None
        name = self.pick(names)
        ty = self.scope[name]
        if isinstance(ty, str):
            return [f'{name} = {self.reduced(ty)}'] if self.chance(0.5) or ty != INT else [f'{name} += {self.pick(["1", f"{self.integer(1)} % 5"])}']
        if is_a('T', ty):
            same = self.tensor_like(ty[1], ty[2], 2)
            return [self.pick([f'{name} = ({same}).clamp(-50, 50)', f'{name}.add_({same}).clamp_(-50, 50)', f'{name}[0] = {self.floating(1)}', f'{name} *= 0.5'])]
        if is_a('L', ty):
            return [(f'if len({name}) < 6:', [f'{name}.append({self.expr(ty[1], 2)})'])]
        if is_a('D', ty):
            return [f'{name}[{self.key(ty[1])}] = {self.expr(ty[2], 2)}']
        if is_a('Opt', ty):
            return [f'{name} = {self.pick(["None", self.expr(ty[1], 2)])}']
        return None

    # Control flow.

    def condition(self):
        if self.chance(0.2):
            found = self.find(lambda ty: is_a('T', ty) and ty[1] == 'float32')
            if found is not None:
                return f'{found[0]}.sum() > {self.pick(["0.3", "1.1", "-0.4"])}'
        return self.boolean(2)

    def branch(self, depth, loops):
        out = [(f'if {self.condition()}:', self.body(depth, loops))]
        if self.chance(0.25):
            out.append((f'elif {self.condition()}:', self.body(depth, loops)))
        if self.chance(0.6):
            out.append(('else:', self.body(depth, loops)))
            if len(out) == 2 and self.chance(0.4):
                return self.defining(out)
        return out

    def body(self, depth, loops):
        out = self.block(self.int(1, 4), depth + 1, loops)
        if self.chance(0.12):
            out.append(self.leave(loops))
        return out

    def defining(self, branches):
        """A variable that both branches give a value."""
        ty = self.pick([INT, FLOAT, STR, T('float32', 3), L(INT), ('Opt', INT)])
        if any(isinstance(block[-1], tuple) and block[-1][0] == 'return' or block[-1] in ('break', 'continue') for _, block in branches):
            return branches
        name = self.name()
        texts = [self.expr(ty, 2) for _ in branches]
        self.scope[name] = ty
        return [(header, [*block, f'{name}: {annotation(ty)} = {text}' if ty[0] == 'Opt' else f'{name} = {text}']) for (header, block), text in zip(branches, texts, strict=True)]

    def leave(self, loops):
        form = self.below(6)
        if form < 2 and loops:
            return self.pick(['break', 'continue'])
        if form == 2:
            return self.raising()
        if form == 3 and self.exits:
            return ('return', dict(self.scope))
        return 'pass'

    def raising(self):
        kind = self.pick(['ValueError', 'RuntimeError', 'IndexError', 'KeyError'])
        return f"raise {kind}({self.message()})"

    def message(self):
        value = self.find(lambda ty: ty in (INT, STR))
        plain = f"'stop {self.int(0, 99)}'"
        if value is None or self.chance(0.3):
            return plain
        return self.pick([f"f'stop {{{value[0]}}}'", f"'stop {{}}'.format({value[0]})", f"'stop ' + str({value[0]})"])

    def guard(self, depth, loops):
        """Exits under a condition that is rarely met."""
        form = self.below(4)
        if form == 0:
            return [f'assert {self.rarely(True)}, {self.message()}']
        if form == 1:
            return [(f'if {self.rarely(False)}:', [self.raising()])]
        if form == 2 and self.exits:
            return [(f'if {self.condition()}:', [*self.block(self.int(0, 2), depth + 1, loops), ('return', dict(self.scope))])]
        return [(f'if {self.condition()}:', [self.pick(['break', 'continue'])])] if loops else None

    def rarely(self, usual):
        e = self.pick([lambda: f'{self.integer(1)} > {self.int(4, 9)}', lambda: f'{self.floating(1)} > 3.0', lambda: f'({self.condition()}) and ({self.condition()})'])()
        return f'not ({e})' if usual else e

    def for_loop(self, depth, loops):
        if loops >= 2:
            return None
        each = self.name('i')
        saved = dict(self.scope)
        header, types = self.iteration(each)
        self.scope.update(types)
        self.fixed.update(types)
        # The container of a loop must not grow in it.
        kept = [name for name in saved if f' {name}' in f'{header} ' or f'({name}' in header]
        added = [name for name in kept if name not in self.fixed]
        self.fixed.update(added)
        body = self.body_of_loop(depth, loops)
        self.fixed.difference_update(added)
        self.fixed.difference_update(types)
        self.scope = saved
        return [(header, body)]

    def iteration(self, each):
        forms = [
            lambda: (f'for {each} in range({self.pick(["abs", "abs"])}({self.integer(1)}) % 5):', {each: INT}),
            lambda: (f'for {each} in range({self.int(2, 4)}):', {each: INT}),
            lambda: (f'for {each} in range({self.integer(0)} % 4, 5, {self.int(1, 2)}):', {each: INT}),
        ]
        forms += self.about(lambda ty: is_a('T', ty) and len(ty[2]) > 0, 2, lambda v, ty: (f'for {each} in range({v}.size(0)):', {each: INT}))
        forms += self.about(
            lambda ty: is_a('L', ty) and ty[1] in (INT, FLOAT, STR, L(INT)) or is_a('L', ty) and is_a('T', ty[1]), 4, lambda v, ty: (f'for {each} in {v}:', {each: ty[1]})
        )
        forms += self.about(lambda ty: is_a('L', ty) and ty[1] in (INT, FLOAT, STR), 2, lambda v, ty: (f'for {each}, {each}_ in enumerate({v}):', {each: INT, f'{each}_': ty[1]}))
        forms += self.about(lambda ty: is_a('D', ty), 3, lambda v, ty: (f'for {each}, {each}_ in {v}.items():', {each: ty[1], f'{each}_': ty[2]}))
        forms += self.about(lambda ty: is_a('D', ty), 1, lambda v, ty: (f'for {each} in {v}{self.pick([".keys()", ""])}:', {each: ty[1]}))
        forms += self.about(lambda ty: is_a('D', ty), 1, lambda v, ty: (f'for {each} in {v}.values():', {each: ty[2]}))
        forms += self.about(lambda ty: is_a('T', ty) and len(ty[2]) > 0, 1, lambda v, ty: (f'for {each} in {v}:', {each: T(ty[1], *ty[2][1:])}))
        two = self.find(lambda ty: ty == L(INT)), self.find(lambda ty: is_a('L', ty) and ty[1] in (INT, FLOAT, STR))
        if None not in two:
            forms.append(lambda: (f'for {each}, {each}_ in zip({two[0][0]}, {two[1][0]}):', {each: INT, f'{each}_': two[1][1][1]}))
        return self.pick(forms)()

    def body_of_loop(self, depth, loops):
        out = self.block(self.int(2, 4), depth + 1, loops + 1)
        if self.chance(0.2):
            out.insert(self.below(len(out) + 1) if not any(isinstance(x, tuple) for x in out) else 0, (f'if {self.condition()}:', [self.pick(['break', 'continue'])]))
        return out

    def while_loop(self, depth, loops):
        if loops >= 2:
            return None
        turns = self.name('n')
        condition = self.pick([f'{turns} < abs({self.integer(1)}) % 6', f'{turns} < {self.int(3, 5)} and {self.condition()}', f'{self.condition()} and {turns} < 4'])
        self.scope[turns] = INT
        self.fixed.add(turns)
        body = self.body_of_loop(depth, loops)
        self.fixed.discard(turns)
        return [f'{turns} = 0', (f'while {condition}:', [f'{turns} += 1', *body])]


__all__ = ['SCALARS', 'Statements']
