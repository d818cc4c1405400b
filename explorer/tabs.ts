// Tabs after the WAI-ARIA pattern: one tab is in the order of focus, arrow keys go to the others. A panel is made when it is shown first.

import { el } from './dom.ts'

export interface Tab {
  readonly id: string
  readonly title: string
  readonly make: () => HTMLElement
}

export class Tabs {
  readonly list = el('div', 'tabs')
  readonly panels = el('div', 'panels')
  readonly #tabs = new Map<string, { readonly tab: Tab; readonly button: HTMLButtonElement; panel?: HTMLElement }>()

  /** `prefix` makes ids unique in the page. */
  constructor(tabs: readonly Tab[], prefix: string) {
    this.list.role = 'tablist'
    for (const tab of tabs) {
      const button = el('button', 'tab', tab.title)
      button.type = 'button'
      button.role = 'tab'
      button.id = `${prefix}-${tab.id}-tab`
      button.addEventListener('click', () => this.show(tab.id))
      this.#tabs.set(tab.id, { tab, button })
      this.list.append(button)
    }
    this.list.addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (by === 0) return
      event.preventDefault()
      const all = [...this.#tabs.values()]
      const at = all.findIndex(({ button }) => button.ariaSelected === 'true')
      const next = all[(at + by + all.length) % all.length]!
      this.show(next.tab.id)
      next.button.focus()
    })
  }

  show(id: string): void {
    for (const entry of this.#tabs.values()) {
      const isShown = entry.tab.id === id
      entry.button.ariaSelected = String(isShown)
      entry.button.tabIndex = isShown ? 0 : -1
      if (isShown && entry.panel === undefined) {
        const panel = el('div', 'panel')
        panel.role = 'tabpanel'
        panel.setAttribute('aria-labelledby', entry.button.id)
        this.panels.append(panel)
        entry.panel = panel
        panel.append(entry.tab.make())
      }
      if (entry.panel !== undefined) entry.panel.hidden = !isShown
    }
  }
}
