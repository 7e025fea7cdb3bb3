/** Phrases of several words, lower case, by their first word. */
type Phrases = ReadonlyMap<string, { words: string[]; valence: number }[]>

function phrasesOf(valences: Record<string, number>): Phrases {
  const all = Object.entries(valences).map(([phrase, valence]) => ({ words: phrase.split(' '), valence }))
  return Map.groupBy(all, ({ words }) => words[0])
}

/** Degree adverbs of two words, and what they add. */
export const boosterPhrases = phrasesOf({ 'just enough': -0.293, 'kind of': -0.293, 'sort of': -0.293 })

const common = {
  ...{ 'the shit': 3, 'the bomb': 3, 'bad ass': 1.5, 'bus stop': 0, 'yeah right': -2, 'kiss of death': -1.5 },
  'to die for': 3,
}

/**
 * Phrases with a valence of their own. Release 3.3.2 and the last revision of VADER's source (44fc044c, the default here) differ in
 * these alone: on 3 of 23,703 real texts.
 */
export const phrases = {
  '44fc044c': phrasesOf({ ...common, 'beating heart': 3.1, 'broken heart': -2.9 }),
  '3.3.2': phrasesOf({ ...common, 'beating heart': 3.5 }),
}

export type Edition = keyof typeof phrases

/** The valence of the phrase of so many words that begins at that place; undefined where none does. */
export function phraseAt(phrases: Phrases, lower: string[], at: number, length: number): number | undefined {
  const phrase = phrases
    .get(lower[at])
    ?.find(({ words }) => words.length === length && words.every((word, i) => word === lower[at + i]))
  return phrase?.valence
}
