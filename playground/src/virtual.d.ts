// Modules that vite.config.ts adds.

declare module 'virtual:model-reports' {
  export const reports: Readonly<Record<string, import('../model-reports.ts').ModelReport>>
}
