export function renderDrift(r: unknown): string {
  return JSON.stringify(r)
}
