// The tables of the comparison as Markdown: all ways of a model, and ours against the best of the others for each figure.

import { isMade, isMeasured, type MadeWay, type Measurement, type ModelResult } from './result.ts'

const OURS = 'ours'
const ANY_SIZE = 'ours, any size'

/** All ways of a model, what fails with its reason. */
export function detailsOf({ model, ways }: ModelResult): string {
  const hasPage = ways.some((way) => isMade(way) && way.chromium !== undefined)
  const places = ['Node', ...(hasPage ? ['Chromium'] : [])]
  const out = [
    `### ${model}`,
    '',
    `| way | bytes | nodes | convert | ${places.map((place) => `create, ${place} | run, ${place} | `).join('')}off by |`,
    `|---|--:|--:|--:|${places.map(() => '--:|--:|').join('')}--:|`,
  ]
  const reasons: string[] = []
  const times = (name: string, place: string, found: Measurement | undefined): string => {
    if (isMeasured(found)) return `${ms(found.create)} | ${ms(found.run)}`
    if (found !== undefined) reasons.push(`${name}, ${place}: ${found.failure}`)
    return 'fails | fails'
  }
  for (const way of ways) {
    if (!isMade(way)) {
      reasons.push(`${way.name}: ${way.failure}`)
      out.push(`| ${way.name} | fails |${' |'.repeat(3 + 2 * places.length)}`)
      continue
    }
    const { name, bytes, nodes, seconds, node, chromium } = way
    const off = isMeasured(node) ? `${node.difference.toExponential(1)} σ` : ''
    const cells = [times(name, 'Node', node), ...(hasPage ? [times(name, 'Chromium', chromium)] : [])]
    out.push(`| ${name} | ${bytes} | ${nodes} | ${seconds.toFixed(2)} s | ${cells.join(' | ')} | ${off} |`)
  }
  if (reasons.length > 0) out.push('', ...reasons.map((reason) => `* ${reason}`))
  return out.join('\n')
}

const ms = (x: number): string => `${x < 10 ? x.toFixed(2) : x.toFixed(0)} ms`

interface Figure {
  readonly title: string
  readonly of: (way: MadeWay) => number | undefined
  readonly show: (x: number) => string
  /** At most this share of the best of the others is what is aimed at. */
  readonly goal: number
}

const measured = (place: 'node' | 'chromium', what: 'create' | 'run') => (way: MadeWay) => {
  const found = way[place]
  return isMeasured(found) ? found[what] : undefined
}

const FIGURES: readonly Figure[] = [
  { title: 'bytes', of: ({ bytes }) => bytes, show: (x) => `${(x / 1e6).toFixed(3)} MB`, goal: 1 },
  { title: 'nodes', of: ({ nodes }) => nodes, show: String, goal: 1 },
  { title: 'run, Node', of: measured('node', 'run'), show: ms, goal: 1 },
  { title: 'run, Chromium', of: measured('chromium', 'run'), show: ms, goal: 1 },
  { title: 'create, Node', of: measured('node', 'create'), show: ms, goal: 1 },
  { title: 'create, Chromium', of: measured('chromium', 'create'), show: ms, goal: 1 },
  { title: 'convert', of: ({ seconds }) => seconds, show: (x) => `${x.toFixed(2)} s`, goal: 0.1 },
]

interface Compared {
  readonly model: string
  readonly figure: Figure
  readonly ours: number
  /** Of what any other way that can be run reached. */
  readonly best: number | undefined
  readonly by: string
}

function compared({ model, ways }: ModelResult, mine: string): Compared[] {
  const made = ways.filter(isMade)
  const own = made.find(({ name }) => name === mine)
  if (own === undefined) return []
  const others = made.filter(({ name, node }) => name !== OURS && name !== ANY_SIZE && isMeasured(node))
  return FIGURES.flatMap((figure) => {
    const ours = figure.of(own)
    if (ours === undefined) return []
    const [best] = others
      .flatMap((way) => {
        const value = figure.of(way)
        return value === undefined ? [] : [{ value, by: way.name }]
      })
      .sort((a, b) => a.value - b.value)
    return [{ model, figure, ours, best: best?.value, by: best?.by ?? '' }]
  })
}

/** Ours, the best of the others and the ratio, for each figure; then where the goal is missed. `mine`: which of our two ways. */
export function summaryOf(results: readonly ModelResult[], mine: string = OURS): string {
  const rows = results.map((result) => ({ result, cells: compared(result, mine) }))
  const figures = FIGURES.filter((figure) => rows.some(({ cells }) => cells.some((cell) => cell.figure === figure)))
  const out = [`| model | ${figures.map(({ title }) => title).join(' | ')} | off by |`, `|---|${figures.map(() => '--:|').join('')}--:|`]
  const beyond: string[] = []
  for (const { result, cells } of rows) {
    const own = result.ways.filter(isMade).find(({ name }) => name === mine)
    const texts = figures.map((figure) => {
      const cell = cells.find((one) => one.figure === figure)
      if (cell === undefined) return ''
      const { ours, best, by, model } = cell
      if (best === undefined) return `${figure.show(ours)} / –`
      const ratio = ours / best
      if (ratio > figure.goal)
        beyond.push(`${model}, ${figure.title}: ${figure.show(ours)} against ${figure.show(best)} of ${by} (${ratio.toFixed(3)}×)`)
      return `${figure.show(ours)} / ${figure.show(best)} = ${ratioText(ratio)}`
    })
    const off = own !== undefined && isMeasured(own.node) ? `${own.node.difference.toExponential(1)} σ` : ''
    out.push(`| ${result.model} | ${texts.join(' | ')} | ${off} |`)
  }
  if (beyond.length > 0)
    out.push('', 'Beyond the goal (1× of the best of the others, 0.1× of its conversion time):', '', ...beyond.map((text) => `* ${text}`))
  const failing = results.flatMap(({ model, ways }) =>
    ways.flatMap((way): string[] =>
      !isMade(way)
        ? [`${model}, ${way.name}: ${way.failure}`]
        : isMeasured(way.node)
          ? []
          : [`${model}, ${way.name}: ${(way.node as { failure: string }).failure}`],
    ),
  )
  if (failing.length > 0) out.push('', 'Ways that fail, and count for nothing:', '', ...failing.map((text) => `* ${text}`))
  return out.join('\n')
}

const ratioText = (x: number): string => `**${x < 0.1 ? x.toFixed(3) : x.toFixed(2)}×**`
