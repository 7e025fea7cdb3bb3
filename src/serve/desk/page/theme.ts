import { at } from './elements.ts'

/** A colour of the style sheets as it is now, for what draws on a canvas. */
export function colour(name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(--${name})`
  document.documentElement.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** The button turns light to dark and back; until then the system decides. */
export function watchTheme(onChange: () => void): { turn(): void } {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const root = document.documentElement
  const turn = (): void => {
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches
    root.dataset.theme = isDark ? 'light' : 'dark'
    onChange()
  }
  dark.addEventListener('change', onChange)
  at('theme').onclick = turn
  return { turn }
}
