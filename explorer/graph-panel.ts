// The drawn graph with what is chosen beside it. Modules open and close; bodies of control flow are pictures of their own.

import type { Drawing, DrawnNode, Exploration } from '../src/compiler/explore/types.ts'
import { button, el, section, shortened } from './dom.ts'
import { plural } from './format.ts'
import { sceneOf, type SceneBox } from './graph-scene.ts'
import { graphTree, groupsOf, openAtFirst, type Group } from './graph-tree.ts'
import { GraphView } from './graph-view.ts'
import { nodeDetails, valueList, type DetailEvents } from './node-details.ts'

interface Level {
  readonly title: string
  readonly drawing: Drawing
  readonly tree: Group
  readonly open: Set<string>
}

/** Boxes that are drawn at once. */
const MOST_BOXES = 3000

export class GraphPanel {
  readonly root = el('div', 'graph')
  readonly #exploration: Exploration
  readonly #view: GraphView
  readonly #details = el('aside', 'details')
  readonly #bar = el('header', 'graph-bar')
  readonly #events: DetailEvents
  /** The graph, and the bodies that were opened, innermost last. */
  #levels: Level[] = []
  #which: 'emitted' | 'lowered'

  constructor(exploration: Exploration, events: Omit<DetailEvents, 'openGraph'>) {
    this.#exploration = exploration
    this.#events = { ...events, openGraph: (node, name) => this.#enter(node, name) }
    this.#view = new GraphView({ choose: (box) => this.#choose(box), toggle: (id) => this.#toggle(id) })
    this.#details.ariaLabel = 'What is chosen'
    this.root.append(this.#bar, el('div', 'graph-body', this.#view.root, this.#details))
    this.#which = exploration.graphs.emitted === undefined ? 'lowered' : 'emitted'
    this.#show(this.#which)
  }

  dispose(): void {
    this.#view.dispose()
  }

  get #level(): Level | undefined {
    return this.#levels.at(-1)
  }

  #show(which: 'emitted' | 'lowered'): void {
    this.#which = which
    const drawing = this.#exploration.graphs[which]
    if (drawing === undefined)
      return void this.root.replaceChildren(el('p', 'empty', 'There is no graph to draw: the model was not lowered.'))
    this.#levels = [levelOf('graph', drawing)]
    this.#draw()
  }

  #enter(node: DrawnNode, name: string): void {
    const found = node.subgraphs.find(([key]) => key === name)
    if (found === undefined) return
    this.#levels.push(levelOf(`${node.op} ${name}`, found[1]))
    this.#draw()
  }

  #draw(anchor?: string): void {
    const level = this.#level
    if (level === undefined) return
    this.#view.draw(sceneOf(level.drawing, level.tree, level.open), anchor)
    this.#bar.replaceChildren(...this.#barOf(level))
    this.#choose(undefined)
  }

  #toggle(id: string): void {
    const level = this.#level
    if (level === undefined) return
    if (!level.open.delete(id)) level.open.add(id)
    this.#draw(id)
  }

  #barOf({ drawing, tree, open }: Level): HTMLElement[] {
    const crumbs = el('nav', 'crumbs')
    crumbs.ariaLabel = 'Graph'
    for (const [i, { title }] of this.#levels.entries()) {
      if (i > 0) crumbs.append(el('span', 'soft', '›'))
      crumbs.append(
        button(shortened(title, 60), 'link', () => {
          this.#levels.length = i + 1
          this.#draw()
        }),
      )
    }
    const parts: HTMLElement[] = [crumbs, el('span', 'soft', plural(drawing.nodes.length, 'node'))]
    if (this.#exploration.graphs.lowered !== undefined && this.#exploration.graphs.emitted !== undefined && this.#levels.length === 1) {
      const choice = el('div', 'modes')
      choice.role = 'group'
      for (const [which, label] of [
        ['emitted', 'As emitted'],
        ['lowered', 'As lowered'],
      ] as const) {
        const made = button(label, 'mode', () => this.#show(which))
        made.setAttribute('aria-pressed', String(which === this.#which))
        choice.append(made)
      }
      parts.push(choice)
    }
    if (tree.children.some(({ kind }) => kind === 'group')) {
      const all = [...groupsOf(tree)].map(({ id }) => id)
      parts.push(
        button('Close modules', 'plain', () => {
          open.clear()
          open.add(tree.id)
          this.#draw()
        }),
      )
      if (tree.size <= MOST_BOXES)
        parts.push(
          button('Open all', 'plain', () => {
            for (const id of all) open.add(id)
            this.#draw()
          }),
        )
    }
    parts.push(this.#search())
    return parts
  }

  #search(): HTMLElement {
    const field = el('input', 'search')
    field.type = 'search'
    field.placeholder = 'Find operator, module, value'
    field.ariaLabel = 'Find in the graph'
    field.addEventListener('change', () => this.#find(field.value.trim().toLowerCase()))
    return field
  }

  /** Opens what is around the nodes that match, and marks them. */
  #find(text: string): void {
    const level = this.#level
    if (level === undefined || text === '') return this.#view.mark(new Set())
    const found = new Set<string>()
    const visit = (group: Group): boolean => {
      let has = false
      for (const child of group.children) {
        if (child.kind === 'group') has = visit(child) || has
        else if (
          [child.node.op, child.node.module, ...child.node.outputs.map(({ name }) => name)].some((name) =>
            name.toLowerCase().includes(text),
          )
        ) {
          found.add(child.id)
          has = true
        }
      }
      if (has) level.open.add(group.id)
      return has
    }
    visit(level.tree)
    this.#draw()
    this.#view.mark(found)
    const [first] = found
    if (first !== undefined) this.#view.center(first)
    this.#details.replaceChildren(el('p', 'soft', found.size === 0 ? 'Nothing of that name.' : `${plural(found.size, 'node')} found.`))
  }

  #choose(box: SceneBox | undefined): void {
    this.#view.mark(new Set(box === undefined ? [] : [box.id]))
    const of = box?.of
    if (of?.kind === 'node') return this.#details.replaceChildren(...nodeDetails(of.node, this.#exploration, this.#events))
    if (of?.kind === 'input' || of?.kind === 'output')
      return this.#details.replaceChildren(el('h3', '', of.kind === 'input' ? 'Input' : 'Output'), valueList([of.value]))
    const { drawing } = this.#level!
    this.#details.replaceChildren(
      el(
        'p',
        'soft',
        'Click a node for what it is, a module to open it, its title to close it. Drag to move; ctrl and wheel, or + and −, zoom.',
      ),
      section('Inputs', valueList(drawing.inputs)),
      section('Outputs', valueList(drawing.outputs)),
    )
  }
}

function levelOf(title: string, drawing: Drawing): Level {
  const tree = graphTree(drawing)
  return { title, drawing, tree, open: openAtFirst(tree) }
}
