// The pass explorer: a model at every step of its way, mounted into an element. Vanilla DOM, nothing from elsewhere, under the strictest policy: every text of
// the model is a text node.

import type { Exploration } from '../src/compiler/explore/types.ts'
import { costPanel } from './cost-panel.ts'
import { el, shortened } from './dom.ts'
import { GraphPanel } from './graph-panel.ts'
import { reportPanel, summaryOf } from './report-panel.ts'
import { StepsPanel } from './steps-panel.ts'
import { Tabs, type Tab } from './tabs.ts'
import { WeightsPanel } from './weights-panel.ts'

export interface ExplorerHooks {
  /** Fills a panel in which the model can be run, when it is shown first; may give back what ends it. */
  readonly run?: (panel: HTMLElement) => (() => void) | void
}

export interface MountedExplorer {
  readonly dispose: () => void
}

let mounted = 0

/** Shows an exploration in `root`, whose content it replaces. The page has explorer.css. */
export function mountExplorer(root: HTMLElement, exploration: Exploration, hooks: ExplorerHooks = {}): MountedExplorer {
  const endings: (() => void)[] = []
  let steps: StepsPanel | undefined
  let weights: WeightsPanel | undefined
  const stepsPanel = (): StepsPanel => {
    if (steps === undefined) {
      const made = new StepsPanel(exploration)
      endings.push(() => made.dispose())
      steps = made
    }
    return steps
  }
  const weightsPanel = (): WeightsPanel => {
    if (weights === undefined) {
      const made = new WeightsPanel(exploration)
      endings.push(() => made.dispose())
      weights = made
    }
    return weights
  }
  const { run } = hooks
  const all: Tab[] = [
    ...(exploration.problems.length > 0
      ? [{ id: 'problems', title: `Problems (${exploration.problems.length})`, make: () => problems(exploration, openPlace) }]
      : []),
    { id: 'steps', title: 'Steps', make: () => stepsPanel().root },
    {
      id: 'graph',
      title: 'Graph',
      make: () => {
        const panel = new GraphPanel(exploration, { openPlace, openWeight })
        endings.push(() => panel.dispose())
        return panel.root
      },
    },
    { id: 'weights', title: 'Weights', make: () => weightsPanel().root },
    { id: 'cost', title: 'Cost', make: () => costPanel(exploration) },
    { id: 'report', title: 'Report', make: () => reportPanel(exploration.report) },
    ...(run === undefined
      ? []
      : [
          {
            id: 'run',
            title: 'Run',
            make: () => {
              const panel = el('div', 'run')
              const end = run(panel)
              if (end !== undefined) endings.push(end)
              return panel
            },
          },
        ]),
  ]
  const tabs = new Tabs(all, `explorer-${mounted++}`)
  function openPlace(place: number): void {
    tabs.show('steps')
    stepsPanel().showPlace(place)
  }
  function openWeight(path: string): void {
    tabs.show('weights')
    weightsPanel().show(path)
  }
  const facts = exploration.report === undefined ? ['cannot be compiled'] : summaryOf(exploration.report)
  const head = el('header', 'explorer-head', el('h2', '', shortened(exploration.file.slice(exploration.file.lastIndexOf('/') + 1), 120)))
  head.append(el('p', 'soft', facts.join(' · ')), tabs.list)
  const frame = el('div', 'torch-explorer', head, tabs.panels)
  root.replaceChildren(frame)
  tabs.show(all[0]!.id)
  return {
    dispose: () => {
      for (const end of endings) end()
      frame.remove()
    },
  }
}

function problems({ problems: all, places }: Exploration, openPlace: (place: number) => void): HTMLElement {
  const root = el('div', 'problems', el('p', '', 'This model cannot be compiled. The steps show how far it came.'))
  for (const { text, place } of all.slice(0, 200)) {
    const card = el('article', 'problem', el('pre', '', shortened(text, 8000)))
    const at = place === undefined ? undefined : places[place]
    if (at !== undefined && place !== undefined) {
      const link = el('button', 'link', `Show line ${at.line} of ${shortened(at.source.slice(at.source.lastIndexOf('/') + 1), 80)}`)
      link.type = 'button'
      link.addEventListener('click', () => openPlace(place))
      card.append(link)
    }
    root.append(card)
  }
  return root
}
