/** Rows of a block: longer than a label's 60 s, so that neighbours stay neighbours. */
export const blockRows = 300

/** The same values, blocks in another order and begun at another place. */
export function shuffleBlocks(values: Float64Array, random: () => number): Float64Array {
  const shift = Math.floor(random() * values.length)
  const blocks = Array.from({ length: Math.ceil(values.length / blockRows) }, (_, i) => i)
  for (let i = blocks.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[blocks[i], blocks[j]] = [blocks[j], blocks[i]]
  }
  const moved = new Float64Array(values.length)
  let place = 0
  for (const block of blocks) {
    const end = Math.min((block + 1) * blockRows, values.length)
    for (let i = block * blockRows; i < end; i++) moved[place++] = values[(i + shift) % values.length]
  }
  return moved
}
