// The one script of a page that `inspect --html` writes: reads the exploration that stands in it, and shows it.

import type { Exploration } from '../src/compiler/explore/types.ts'
import { mountExplorer } from './index.ts'

export function showPage(): void {
  const app = document.getElementById('app')
  const data = document.getElementById('exploration')
  if (app !== null && data !== null) mountExplorer(app, JSON.parse(data.textContent) as Exploration)
}
