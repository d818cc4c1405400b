// The steps from source to ONNX, drawn by the explorer, which is fetched when there is something to show.

import '../../../explorer/explorer.css'
import type { Exploration } from 'unplugin-torch/compiler'
import { element } from '../find.ts'

export interface StepsPanel {
  waiting(): void
  show(exploration: Exploration): void
  failed(message: string): void
  clear(): void
}

export function stepsPanel(root: HTMLElement): StepsPanel {
  let mounted: { dispose(): void } | undefined
  let generation = 0
  const clear = (): void => {
    generation++
    mounted?.dispose()
    mounted = undefined
    delete root.dataset['state']
    root.replaceChildren()
  }
  return {
    clear,
    waiting() {
      root.dataset['state'] = 'waiting'
      if (mounted === undefined) root.replaceChildren(element('p', 'note-small', 'The steps are laid out when the model has compiled.'))
    },
    show(exploration) {
      clear()
      const own = generation
      void import('../../../explorer/index.ts').then(
        ({ mountExplorer }) => {
          if (own !== generation) return
          mounted = mountExplorer(root, exploration)
          root.dataset['state'] = 'shown'
        },
        (error: unknown) => root.replaceChildren(element('p', 'failure', String(error))),
      )
    },
    failed(message) {
      clear()
      root.dataset['state'] = 'failed'
      root.replaceChildren(element('p', 'note-small', `The steps cannot be shown: ${message}`))
    },
  }
}
