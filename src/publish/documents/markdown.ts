/** A Markdown table; `|` inside a cell is escaped. @param right columns, by place, that are aligned to the right. */
export function markdownTable(header: string[], rows: string[][], right: number[] = []): string {
  const line = (cells: string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = header.map((_, i) => (right.includes(i) ? '---:' : '---'))
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}
