// The one script of a page that `inspect --html` writes: reads the exploration that stands in it, and shows it; and runs the model, where the page holds it.

import type { Exploration } from '../src/compiler/explore/types.ts'
import { mountExplorer } from './index.ts'
import type { NoRunData, RunData } from '../src/cli/page-data.ts'
import { runPanel } from './run-panel.ts'

export function showPage(): void {
  const app = document.getElementById('app')
  const data = document.getElementById('exploration')
  if (app === null || data === null) return
  const exploration = JSON.parse(data.textContent) as Exploration
  // As big as the runtime: read when it is asked for.
  const runText = document.getElementById('run')
  mountExplorer(
    app,
    exploration,
    runText === null ? {} : { run: (panel) => runPanel(panel, JSON.parse(runText.textContent) as RunData | NoRunData, exploration) },
  )
}
