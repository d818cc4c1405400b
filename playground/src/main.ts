// The playground's page: two models, imported. Each panel drives its own part of index.html.

import { branchPanel } from './branch-panel.ts'
import { digitsPanel } from './digits-panel.ts'
import { element } from './find.ts'
import { highlightInline } from './highlight.ts'
import { howPanel } from './how-panel.ts'

function failed(error: unknown): void {
  console.error(error)
  const text = error instanceof Error ? error.message : String(error)
  const main = document.querySelector('main')!
  if (main.querySelector('.failure') === null) main.prepend(element('p', 'failure', text))
}

for (const code of document.querySelectorAll<HTMLElement>('[data-highlight="ts"]')) {
  code.replaceChildren(...highlightInline(code.textContent, 'ts'))
}

try {
  // One after the other, so that neither waits for the other in the times it shows.
  await digitsPanel(failed)
  await branchPanel(failed)
  howPanel()
  document.documentElement.dataset['ready'] = ''
} catch (error) {
  failed(error)
}
