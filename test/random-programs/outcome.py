"""What torch makes of a program: its archive, which inputs to keep, how its branches went, and the goldens. Import fixture before."""

import ast
import copy
import io
import linecache
import sys
import types
import warnings
import zipfile

import fixture
import torch
from leaf import leaf, unleaf

warnings.filterwarnings('ignore')
TRIED, KEPT = 12, 4


class Discarded(Exception):
    """A program that torch does not take, or that has no inputs to tell anything by."""


class Watch(ast.NodeTransformer):
    """Lets every condition and loop tell how it went."""

    def __init__(self):
        self.sites = 0

    def site(self):
        self.sites += 1
        return ast.Constant(self.sites)

    def visit_If(self, node):
        self.generic_visit(node)
        node.test = ast.Call(ast.Name('_went', ast.Load()), [self.site(), node.test], [])
        return node

    def visit_While(self, node):
        self.generic_visit(node)
        site = self.site()
        node.test = ast.Call(ast.Name('_turn', ast.Load()), [site, node.test], [])
        return [ast.Expr(ast.Call(ast.Name('_enter', ast.Load()), [site], [])), node]

    def visit_For(self, node):
        self.generic_visit(node)
        node.iter = ast.Call(ast.Name('_turns', ast.Load()), [self.site(), node.iter], [])
        return node


class Coverage:
    def __init__(self):
        self.branches = {}
        self.loops = {}

    def went(self, site, value):
        value = bool(value)
        self.branches.setdefault(site, []).append(value)
        return value

    def enter(self, site):
        self.loops.setdefault(site, []).append(0)

    def turn(self, site, value):
        value = bool(value)
        self.loops[site][-1] += value
        return value

    def turns(self, site, items):
        self.enter(site)
        for item in items:
            self.loops[site][-1] += 1
            yield item

    def features(self):
        """What this run shows: ways of branches; no, one and several turns of loops."""
        return {(s, way) for s, ways in self.branches.items() for way in ways} | {(s, min(n, 2)) for s, ns in self.loops.items() for n in ns}


def define(source, name, watched=None):
    """The class Net of a source, in a module of its own."""
    tree = ast.parse(source)
    file = f'{name}.py'
    module = types.ModuleType(name)
    module.__file__ = file
    space = vars(module)
    sys.modules[name] = module
    if watched is not None:
        tree = ast.fix_missing_locations(Watch().visit(tree))
        space.update({'_went': watched.went, '_enter': watched.enter, '_turn': watched.turn, '_turns': watched.turns})
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(tree, file, 'exec'), space)
    return space['Net']


def script(source, name):
    try:
        return torch.jit.script(define(source, name)().eval())
    except Exception as error:
        raise Discarded(f'scripting: {error}') from None


def archive(module):
    """The records of the archive that matter, `code/…` as text."""
    data = io.BytesIO()
    torch.jit.save(module, data)
    files = {}
    with zipfile.ZipFile(data) as records:
        for record in records.namelist():
            short = record.split('/', 1)[1]
            if short.endswith(('.debug_pkl', 'serialization_id')):
                continue
            content = records.read(record)
            files[short] = content.decode() if short.endswith('.py') else {'latin1': content.decode('latin1')}
    return data, files


def watch(source, name, inputs):
    """The coverage of one run in Python, on a fresh module; None when it ends in an error that is not the program's own."""
    seen = Coverage()
    net = define(source, name, seen)().eval()
    try:
        with torch.no_grad():
            net(*copy.deepcopy(inputs))
    except Exception as error:
        if not is_own(error.args[0] if error.args else ''):
            return None
    return seen


def is_own(message):
    """Messages that programs end with; what torch's kernels say of bad operands is no part of the language."""
    return str(message).startswith('stop ')


def both_ways(runs):
    """Whether the inputs, and nothing else, lead a branch both ways, or a loop to no turn and to several."""
    for site in {s for run in runs for s in run.branches}:
        ways = [tuple(run.branches.get(site, ())) for run in runs]
        if len({way for each in ways for way in each}) == 2 and len(set(ways)) > 1:
            return True
    for site in {s for run in runs for s in run.loops}:
        counts = [tuple(run.loops.get(site, ())) for run in runs]
        flat = {n for each in counts for n in each}
        if 0 in flat and max(flat) > 1 and len(set(counts)) > 1:
            return True
    return False


def choose(source, name, make_inputs):
    """Inputs that between them show the most, with their coverage."""
    runs = []
    for index in range(TRIED):
        inputs = make_inputs(index)
        seen = watch(source, name, inputs)
        if seen is not None:
            runs.append((inputs, seen))
    chosen, shown = [], set()
    while runs and len(chosen) < KEPT:
        at = max(range(len(runs)), key=lambda i: len(runs[i][1].features() - shown))
        best = runs.pop(at)
        chosen.append(best)
        shown |= best[1].features()
    return chosen


def goldens(data, cases):
    """The cases one after the other on one module, as a page calls it. Cases with an error of a kernel's own are left out.

    A call that raises leaves the state as it was, as the runtime has it (torch keeps what was written before the exception).
    Without torch's optimisations, which share an empty list between two turns of a loop, among other things."""
    while True:
        data.seek(0)
        module = torch.jit.load(data)
        forms = []
        bad = None
        for index, inputs in enumerate(cases):
            form = {'inputs': [leaf(value) for value in inputs]}
            try:
                form['outputs'] = leaf(call(module, form))
            except TypeError:
                raise
            except Exception as error:
                raised = fixture._raised(str(error))
                if not is_own(raised['message']):
                    bad = index
                    break
                form['raises'] = raised
                data.seek(0)
                module = torch.jit.load(data)
                for before in forms:
                    if 'raises' not in before:
                        call(module, before)
            forms.append(form)
        if bad is None:
            return forms
        cases = cases[:bad] + cases[bad + 1:]


def call(module, form):
    with torch.no_grad(), torch.jit.optimized_execution(False):
        return module(*(unleaf(value) for value in form['inputs']))


def program(source, name, declared, make_inputs):
    """A row of the pack. Raises Discarded."""
    module = script(source, name)
    try:
        chosen = choose(source, name, make_inputs)
    except Exception as error:
        raise Discarded(f'running: {error}') from None
    data, files = archive(module)
    forms = goldens(data, [inputs for inputs, _ in chosen])
    told = [str(form['inputs']) for form in forms]
    if len(forms) < 2 or len(set(told)) < 2:
        raise Discarded('inputs')
    kept = [seen for inputs, seen in chosen if str([leaf(value) for value in inputs]) in told]
    return {'name': name, 'source': source, 'files': files, 'declared': declared, 'both': both_ways(kept), 'cases': forms}
