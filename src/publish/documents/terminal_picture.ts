import { maximum } from '../../core/math/extremes.ts'

/** Units of the picture: a letter, a line, and what is around them. */
const [letter, line, edge, bar] = [7.8, 18, 20, 34]
const colours = {
  ground: '#14171a',
  bar: '#262c32',
  ink: '#e8eaed',
  soft: '#a7afb8',
  typed: '#6db6ee',
  time: '#f0b35a',
}

/**
 * What a terminal showed after a command, as SVG text that can be read aloud and searched. Each line is held to the width that its
 * letters have, so that columns line up in whichever font stands there.
 * @param output as it was printed, without the codes of colours.
 */
export function terminalPicture(command: string, output: string): string {
  const lines = output.trimEnd().split('\n')
  const columns = maximum([command.length + 2, ...lines.map(text => [...text].length)])
  const [width, height] = [Math.ceil(letter * columns + 2 * edge), bar + line * (lines.length + 1) + 2 * edge]
  const placed = [`$ ${command}`, ...lines].map((text, i) => textAt(text, bar + edge + line * (i + 0.7)))
  const dots = [0, 1, 2].map(i => `<circle cx="${edge + 18 * i}" cy="${bar / 2}" r="5.5" fill="#4a525b"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">What ${escapeXml(command)} prints</title>
<rect width="${width}" height="${height}" rx="8" fill="${colours.ground}"/>
<path d="M0 ${bar}V8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v${bar - 8}z" fill="${colours.bar}"/>
${dots.join('')}
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="${colours.ink}">
${placed.filter(text => text !== '').join('\n')}
</g>
</svg>
`
}

/** The command is blue, the seconds before a step are amber, paths and notes that stand apart are as they are. */
function textAt(text: string, y: number): string {
  if (text.trim() === '') return ''
  const step = /^(\s*\d+ s)(\s.*)$/.exec(text)
  const marked = step
    ? `<tspan fill="${colours.time}">${step[1]}</tspan>${escapeXml(step[2])}`
    : text.startsWith('$ ')
      ? `<tspan fill="${colours.soft}">$</tspan><tspan fill="${colours.typed}">${escapeXml(text.slice(1))}</tspan>`
      : escapeXml(text)
  const length = (letter * [...text].length).toFixed(1)
  return `<text x="${edge}" y="${y.toFixed(1)}" xml:space="preserve" textLength="${length}" lengthAdjust="spacingAndGlyphs">${marked}</text>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
