"""Programs with writes through views: expanded tensors, reshapes and conversions that alias or copy, under several names and in lists."""

from generate import Program
from kinds import L, T, annotation, is_a
from tensors import product


class Views(Program):
    def statement(self, depth, loops):
        if self.chance(0.3):
            made = self.write_view(depth, loops)
            if made:
                return made
        return super().statement(depth, loops)

    def write_view(self, depth, loops):
        found = self.find(lambda ty: is_a('T', ty) and ty[1] != 'bool' and 0 < len(ty[2]) < 3)
        if found is None or found[0].startswith('self.'):
            return None
        base, (_, dtype, dims) = found
        view = self.name()
        text, shape = self.view_of(base, dtype, dims)
        self.scope[view] = T(dtype, *shape)
        out = [f'{view} = {text}']
        is_wide = '.expand(' in text
        if is_wide:
            # Statements that write all of it would raise, mostly.
            self.fixed.add(view)
        writes = [f'{base} += {self.int(1, 3)}', f'{base}[0] = {self.int(-3, 3)}', f'{base}.mul_(-1)', f'{view}.fill_({self.int(0, 4)})']
        writes += [f'{view}.masked_fill_({view} > 1, {self.int(-2, 1)})', f'{view}[{view} < 0] = {self.int(0, 3)}', f'{view}.zero_()']
        writes += [f'{view}[{at}] {op} {self.int(1, 3)}' for at in (['0', '-1', ':1'] if shape else []) for op in ('+=', '-=', '=')]
        if base in self.fixed:
            writes = writes[3:]
        if not is_wide or self.chance(0.1):
            writes += [f'{view}.add_({self.int(1, 3)})', f'{view} *= 2', f'{view}.clamp_(-2, 5)']
        out += [self.pick(writes) for _ in range(self.int(1, 3))]
        if len(shape) > 0 and self.chance(0.3):
            rows = self.name()
            ty = L(T(dtype, *shape[1:]))
            out.append(f'{rows}: {annotation(ty)} = [{view}[0], {view}[-1]]')
            out.append(f'{rows}[{self.integer(1)} % 2].add_({self.int(1, 3)})')
            self.scope[rows] = ty
        if base not in self.fixed:
            out.append(f'{base}.clamp_(-50, 50)')
        return out

    def view_of(self, base, dtype, dims):
        count = product(dims)
        cast = {'float32': '.to(torch.float32)', 'int64': '.to(torch.int64)'}[dtype]
        same = ', '.join('-1' for _ in dims)
        forms = [
            (f'{base}.reshape(-1)', (count,)), (f'{base}.flatten()', (count,)), (f'{base}.contiguous()', dims), (f'{base}{cast}', dims),
            (f'{base}[1:].reshape(-1)', (None,)), (f'{base}.unsqueeze(0)', (1, *dims)), (f'{base}.type_as({base})', dims),
            (f'{base}.expand(1, {same})', (1, *dims)),
        ]  # fmt: skip
        wide = [(f'{base}.expand({n}, {same})', (n, *dims)) for n in (2, 3)]
        wide += [(f'{base}.expand(abs({self.integer(1)}) % 3 + 1, {same})', (None, *dims)), (f'{base}[:1].expand(3, {", ".join(["-1"] * (len(dims) - 1))})'.replace(', )', ')'), (3, *dims[1:]))]
        if len(dims) == 2:
            forms += [(f'{base}.t()', (dims[1], dims[0])), (f'{base}.t().reshape(-1)', (count,)), (f'{base}[:, 1:].flatten()', (None,)), (f'{base}.t().contiguous()', (dims[1], dims[0]))]
        return self.pick(forms + wide * 3)
