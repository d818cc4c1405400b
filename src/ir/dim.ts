// One extent of a tensor's shape, and arithmetic on extents: numbers, named symbols and canonical expressions of them.
// Equal texts are equal extents; `null` is an extent of which nothing is known. Symbols are never negative.

/** A number, a symbol or expression (`n`, `2*n + 1`, `floor(h/2)`), or nothing known. */
export type Dim = number | string | null

/** Sizes of a tensor; undefined when not even the rank is known. */
export type Dims = readonly Dim[] | undefined

/** A polynomial: product of atoms (sorted, joined by `*`, '' for the constant term) → coefficient. */
type Polynomial = ReadonlyMap<string, number>

// Expressions are made here only, so each text's polynomial is remembered rather than parsed. Texts not in the table are symbols.
const polynomials = new Map<string, Polynomial>()
// Expressions longer than this carry no information that anybody could use.
const MAX_TEXT = 200

function polynomialOf(dim: number | string): Polynomial {
  if (typeof dim === 'number') return new Map(dim === 0 ? [] : [['', dim]])
  return polynomials.get(dim) ?? new Map([[dim, 1]])
}

function dimOf(polynomial: Polynomial): Dim {
  const terms = [...polynomial].filter(([, k]) => k !== 0).sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1))
  if (terms.length === 0) return 0
  if (terms.length === 1 && terms[0]![0] === '') return terms[0]![1]
  let text = ''
  for (const [atoms, k] of terms) {
    const size = Math.abs(k)
    const body = atoms === '' ? String(size) : size === 1 ? atoms : `${size}*${atoms}`
    text += text === '' ? (k < 0 ? `-${body}` : body) : k < 0 ? ` - ${body}` : ` + ${body}`
  }
  if (text.length > MAX_TEXT) return null
  if (terms.length > 1 || terms[0]![1] !== 1 || terms[0]![0].includes('*')) polynomials.set(text, new Map(terms))
  return text
}

const safe = (value: number): Dim => (Number.isSafeInteger(value) ? value : null)

export function dimAdd(a: Dim, b: Dim): Dim {
  if (a === null || b === null) return null
  if (typeof a === 'number' && typeof b === 'number') return safe(a + b)
  const sum = new Map(polynomialOf(a))
  for (const [atoms, k] of polynomialOf(b)) sum.set(atoms, (sum.get(atoms) ?? 0) + k)
  return dimOf(sum)
}

export function dimMul(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0
  if (a === null || b === null) return null
  if (typeof a === 'number' && typeof b === 'number') return safe(a * b)
  const product = new Map<string, number>()
  for (const [x, j] of polynomialOf(a))
    for (const [y, k] of polynomialOf(b)) {
      const atoms = [...(x === '' ? [] : splitAtoms(x)), ...(y === '' ? [] : splitAtoms(y))].sort().join('*')
      product.set(atoms, (product.get(atoms) ?? 0) + j * k)
    }
  return dimOf(product)
}

/** Atoms of a product; `*` inside parentheses belongs to an atom. */
function splitAtoms(product: string): string[] {
  const atoms: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= product.length; i++) {
    const c = product[i]
    if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === undefined || (c === '*' && depth === 0)) {
      atoms.push(product.slice(start, i))
      start = i + 1
    }
  }
  return atoms
}

export function dimNeg(a: Dim): Dim {
  return dimMul(a, -1)
}
export function dimSub(a: Dim, b: Dim): Dim {
  return dimAdd(a, dimNeg(b))
}

/** Floor division, as Python's `//`. Exact where every coefficient divides. */
export function dimFloorDiv(a: Dim, b: Dim): Dim {
  if (a === null || b === null || b === 0) return null
  if (b === 1) return a
  if (a === b) return 1
  if (typeof a === 'number' && typeof b === 'number') return safe(Math.floor(a / b))
  if (typeof b === 'number') {
    const terms = [...polynomialOf(a)]
    if (terms.every(([, k]) => k % b === 0)) return dimOf(new Map(terms.map(([atoms, k]) => [atoms, k / b])))
  } else {
    const quotient = divideByProduct(a, b)
    if (quotient !== undefined) return quotient
  }
  const text = `floor((${a})/(${b}))`
  if (text.length > MAX_TEXT) return null
  quotients.set(text, [a, b])
  return text
}

/** The two sides of each `floor(…)` that was made here. */
const quotients = new Map<string, readonly [Dim, Dim]>()

/** a / b where b is one product of atoms that every term of a contains. */
function divideByProduct(a: number | string, b: string): Dim | undefined {
  const divisor = [...polynomialOf(b)]
  if (divisor.length !== 1) return undefined
  const [atoms, k] = divisor[0]!
  const quotient = new Map<string, number>()
  for (const [term, j] of polynomialOf(a)) {
    const rest = term === '' ? [] : splitAtoms(term)
    for (const atom of splitAtoms(atoms)) {
      const at = rest.indexOf(atom)
      if (at === -1) return undefined
      rest.splice(at, 1)
    }
    if (j % k !== 0) return undefined
    quotient.set(rest.join('*'), j / k)
  }
  return dimOf(quotient)
}

/** Expressions that were made here as what a division by something positive leaves. */
const remainders = new Set<string>()

export function dimMod(a: Dim, b: Dim): Dim {
  if (a === null || b === null || b === 0) return null
  const quotient = dimFloorDiv(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b * Math.floor(a / b)
  const rest = quotient === null ? null : dimSub(a, dimMul(quotient, b))
  if (typeof rest === 'string' && typeof b === 'number' && b > 0) remainders.add(rest)
  return rest
}
/** True for an expression that is between 0 and some divisor, though there is a minus in it. */
export const isRemainder = (dim: string): boolean => remainders.has(dim)

export function dimMin(a: Dim, b: Dim): Dim {
  return a === b ? a : typeof a === 'number' && typeof b === 'number' ? Math.min(a, b) : null
}
export function dimMax(a: Dim, b: Dim): Dim {
  return a === b ? a : typeof a === 'number' && typeof b === 'number' ? Math.max(a, b) : null
}

/** The two sides of each `min(…)` that was made here. */
const minima = new Map<string, readonly [Dim, Dim]>()

/** As `dimMin`, with an expression where only the run can tell: what a slice up to `a` has of `b`. Of extents that may be negative nothing is said. */
export function dimClamp(a: Dim, b: Dim): Dim {
  const known = dimMin(a, b)
  if (known !== null || a === null || b === null) return known
  if ([a, b].some((side) => (typeof side === 'number' ? side < 0 : side.includes('-')))) return null
  const text = `min(${[a, b].map(String).sort().join(',')})`
  if (text.length > MAX_TEXT) return null
  minima.set(text, [a, b])
  return text
}

/** The extent where symbols have these sizes; undefined when it depends on others. Texts are bounded, so the recursion is. */
export function dimAt(dim: Dim, sizes: ReadonlyMap<string, number>): number | undefined {
  if (dim === null || typeof dim === 'number') return dim ?? undefined
  const known = sizes.get(dim)
  if (known !== undefined) return known
  const sides = quotients.get(dim) ?? minima.get(dim)
  if (sides !== undefined) {
    const [a, b] = sides.map((side) => dimAt(side, sizes))
    if (a === undefined || b === undefined) return undefined
    return minima.has(dim) ? Math.min(a, b) : b === 0 ? undefined : Math.floor(a / b)
  }
  const polynomial = polynomials.get(dim)
  if (polynomial === undefined) return undefined
  let sum = 0
  for (const [atoms, k] of polynomial) {
    let product = k
    for (const atom of atoms === '' ? [] : splitAtoms(atoms)) product *= dimAt(atom, sizes) ?? Number.NaN
    sum += product
  }
  return Number.isNaN(sum) ? undefined : sum
}

/** True or false where it is certain, undefined where it depends on the run. */
export function dimsEqual(a: Dim, b: Dim): boolean | undefined {
  if (a === null || b === null) return undefined
  if (a === b) return true
  const difference = dimSub(a, b)
  return typeof difference === 'number' ? difference === 0 : undefined
}

export function dimProduct(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(dimMul, 1)
}

/** Both known: the one they share, else nothing. What is known of a value that may come from either side. */
function dimJoin(a: Dim, b: Dim): Dim {
  return a === b ? a : dimsEqual(a, b) === true ? a : null
}
export function dimsJoin(a: Dims, b: Dims): Dims {
  return a === undefined || b === undefined || a.length !== b.length ? undefined : a.map((dim, i) => dimJoin(dim, b[i]!))
}

const isMinimumOf = (dim: Dim, side: Dim): boolean => typeof dim === 'string' && side !== null && minima.get(dim)?.includes(side) === true

/** numpy broadcasting. Extents of which one may be 1 stay unknown unless the other side decides them. */
export function broadcast(...shapes: readonly Dims[]): Dims {
  if (shapes.includes(undefined)) return undefined
  const known = shapes as (readonly Dim[])[]
  const rank = Math.max(0, ...known.map((dims) => dims.length))
  return Array.from({ length: rank }, (_, i) => {
    const column: Dim[] = []
    for (const dims of known) {
      const at = dims.length - rank + i
      const dim = at < 0 ? 1 : dims[at]!
      if (typeof dim === 'number' && dim !== 1) return dim
      if (dim !== 1 && !column.includes(dim)) column.push(dim)
    }
    if (column.length <= 1) return column.length === 0 ? 1 : column[0]!
    // Where min(n, 512) goes together with n it is n, or 1: that many there are in either case.
    return column.find((dim) => column.every((other) => other === dim || isMinimumOf(other, dim))) ?? null
  })
}
