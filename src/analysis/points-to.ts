// Points-to constraints and their solution: which storage, list, dict, tuple or object each variable may refer to. Inclusion-based and
// flow-insensitive (Andersen); knows nothing of graphs. `alias-graph.ts` makes the constraints.

/** One thing in memory: a tensor's storage, a list, a dict, a tuple, an object. `id` orders them by creation. */
export interface Location {
  readonly id: number
  /** What it is made by or held by: a Value of the graph, or a constant out of the archive. */
  readonly origin: object
  /** Variable of each field: `*` for elements of lists and dicts, `#k` of tuples, attribute names after a dot. */
  readonly fields: Map<string, Variable>
}

/** Index of something that may refer to Locations. */
export type Variable = number

/** A group of constraints that stands for one place where a reference is passed on; it can be left out of a solution. */
export interface Edge {
  readonly constraints: Constraint[]
}

export type Constraint =
  /** `to` may refer to all that `from` refers to. */
  | { readonly kind: 'copy'; readonly from: Variable; readonly to: Variable; readonly edge?: Edge }
  /** `to` may refer to the contents of a field of what `from` refers to. */
  | { readonly kind: 'load'; readonly from: Variable; readonly field: string; readonly to: Variable; readonly edge?: Edge }
  /** A field of what `to` refers to may hold all that `from` refers to. */
  | { readonly kind: 'store'; readonly from: Variable; readonly field: string; readonly to: Variable; readonly edge?: Edge }

/** Stands for "came through the marked places"; its every field holds itself. */
export const mark: Location = { id: -1, origin: {}, fields: new Map() }

const none: ReadonlySet<Location> = new Set()

export interface Solution {
  pointsTo(variable: Variable): ReadonlySet<Location>
  /** What a variable refers to, directly or through fields. */
  reach(variable: Variable): ReadonlySet<Location>
}

export interface SolveOptions {
  readonly constraints?: Iterable<Constraint>
  readonly without?: Edge
  readonly marked?: Iterable<Variable>
}

export class PointsTo {
  readonly #seeds = new Map<Variable, Set<Location>>()
  readonly constraints: Constraint[] = []
  #variables = 0
  #locations = 0

  variable(): Variable {
    return this.#variables++
  }
  location(origin: object): Location {
    return { id: this.#locations++, origin, fields: new Map() }
  }
  seed(variable: Variable, location: Location): void {
    const seeds = this.#seeds.get(variable)
    if (seeds === undefined) this.#seeds.set(variable, new Set([location]))
    else seeds.add(location)
  }
  field(location: Location, name: string): Variable {
    let variable = location.fields.get(name)
    if (variable === undefined) {
      variable = this.variable()
      location.fields.set(name, variable)
    }
    return variable
  }
  add(constraint: Constraint): void {
    this.constraints.push(constraint)
    constraint.edge?.constraints.push(constraint)
  }

  /**
   * The least solution of `constraints`, `without` one edge, with `mark` put on some variables. A part of the constraints gives the part
   * of the solution that follows from them.
   */
  solve({ constraints = this.constraints, without, marked = [] }: SolveOptions = {}): Solution {
    const sets: (Set<Location> | undefined)[] = []
    const copies: (Set<Variable> | undefined)[] = []
    const uses = new Map<Variable, Constraint[]>()
    const work: Variable[] = []
    const put = (to: Variable, locations: Iterable<Location>): void => {
      const set = (sets[to] ??= new Set())
      const before = set.size
      for (const location of locations) set.add(location)
      if (set.size > before) work.push(to)
    }
    const seeded = new Set<Variable>()
    const touch = (variable: Variable): void => {
      if (seeded.has(variable)) return
      seeded.add(variable)
      const seeds = this.#seeds.get(variable)
      if (seeds !== undefined) put(variable, seeds)
    }
    const copy = (from: Variable, to: Variable): void => {
      touch(from)
      touch(to)
      const targets = (copies[from] ??= new Set())
      if (targets.has(to)) return
      targets.add(to)
      const set = sets[from]
      if (set !== undefined) put(to, set)
    }
    for (const constraint of constraints) {
      if (constraint.edge !== undefined && constraint.edge === without) continue
      if (constraint.kind === 'copy') copy(constraint.from, constraint.to)
      else {
        const container = constraint.kind === 'load' ? constraint.from : constraint.to
        touch(constraint.from)
        touch(constraint.to)
        const list = uses.get(container)
        if (list === undefined) uses.set(container, [constraint])
        else list.push(constraint)
      }
    }
    for (const variable of marked) {
      touch(variable)
      put(variable, [mark])
    }
    for (let variable = work.pop(); variable !== undefined; variable = work.pop()) {
      for (const constraint of uses.get(variable) ?? []) {
        for (const location of sets[variable]!) {
          if (constraint.kind === 'load') {
            if (location === mark) put(constraint.to, [mark])
            else copy(this.field(location, constraint.field), constraint.to)
          } else if (constraint.kind === 'store' && location !== mark) copy(constraint.from, this.field(location, constraint.field))
        }
      }
      for (const to of copies[variable] ?? []) put(to, sets[variable]!)
    }
    const pointsTo = (variable: Variable): ReadonlySet<Location> => sets[variable] ?? this.#seeds.get(variable) ?? none
    const reached = new Map<Variable, Set<Location>>()
    return {
      pointsTo,
      reach(variable) {
        const known = reached.get(variable)
        if (known !== undefined) return known
        const out = new Set<Location>()
        const stack = [...pointsTo(variable)]
        for (let location = stack.pop(); location !== undefined; location = stack.pop()) {
          if (out.has(location)) continue
          out.add(location)
          for (const field of location.fields.values()) stack.push(...pointsTo(field))
        }
        reached.set(variable, out)
        return out
      },
    }
  }
}
