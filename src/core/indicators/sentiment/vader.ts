import { roundHalfEven } from '../../math/round_half_even.ts'
import lexicon from './lexicon.json' with { type: 'json' }
import { boosterPhrases, type Edition, phraseAt, phrases } from './phrases.ts'
import { isUpper, spellEmoji, wordsOf } from './tokens.ts'
import { boosters, negations } from './words.ts'

/** Shares of a text that are negative, neutral, positive (3 places), and the whole, from -1 to 1 (4 places). */
export interface Sentiment {
  neg: number
  neu: number
  pos: number
  compound: number
}

const valences = new Map<string, number>(Object.entries(lexicon))
const capitals = 0.733
const turned = -0.74
/** How much of a degree adverb counts one, two and three words before. */
const fading = [1, 0.95, 0.9]

/** A text, word by word. */
interface Words {
  /** As written. */
  words: string[]
  lower: string[]
  /** Of each word in the lexicon its valence, else undefined. */
  known: (number | undefined)[]
  /** Whether all words are in capitals, so that none stands out; null until it is asked for. */
  shouts: boolean | null
  edition: Edition
}

/**
 * Sentiment of an English text by VADER's rules: a valence a word, changed by the words before it (degree, negation, "least"),
 * by capitals, "but" and punctuation. Equal to the reference in every digit, its slips included: it is what others compare with.
 *
 * C. J. Hutto, E. E. Gilbert: VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text. ICWSM 2014.
 * The lexicon (7,506 entries, mean ratings) and the descriptions of emoji are theirs, under the MIT licence.
 * @example
 * scoreSentiment('VADER is smart, handsome, and funny.') // { neg: 0, neu: 0.254, pos: 0.746, compound: 0.8316 }
 */
export function scoreSentiment(original: string, edition: Edition = '44fc044c'): Sentiment {
  const text = spellEmoji(original)
  const words = wordsOf(text)
  if (words.length === 0) return { neg: 0, neu: 0, pos: 0, compound: 0 }
  const lower = words.map(word => word.toLowerCase())
  const known = lower.map(word => valences.get(word))
  const all: Words = { words, lower, known, shouts: null, edition }
  const sentiments = known.map((own, i) => (own === undefined || isModifier(lower, i) ? 0 : valenceOf(all, own, i)))
  weighBut(sentiments, lower.indexOf('but'))
  return summarise(sentiments, emphasisOf(text))
}

/** Positive from .05, negative to -.05: the bounds that its authors give. */
export function sentimentLabel(compound: number): 'positive' | 'negative' | 'neutral' {
  if (compound >= 0.05) return 'positive'
  return compound <= -0.05 ? 'negative' : 'neutral'
}

const isModifier = (lower: string[], i: number): boolean =>
  boosters.has(lower[i]) || (lower[i] === 'kind' && lower[i + 1] === 'of')

function valenceOf(all: Words, own: number, i: number): number {
  const { lower, known } = all
  let valence = own
  if (lower[i] === 'no' && known[i + 1] !== undefined) valence = 0
  if (isTurnedByNo(lower, i)) valence = own * turned
  if (isEmphasised(all, i)) valence += valence > 0 ? capitals : -capitals
  for (let back = 1; back <= 3 && back <= i; back++) {
    if (known[i - back] !== undefined) continue
    valence += degreeOf(all, i - back, valence) * fading[back - 1]
    valence = negate(valence, lower, i, back)
    if (back === 3) valence = applyPhrases(valence, all, i)
  }
  const least = lower[i - 1] === 'least' && lower[i - 2] !== 'at' && lower[i - 2] !== 'very'
  return least ? valence * turned : valence
}

/** In capitals, where not all words are. */
function isEmphasised(all: Words, i: number): boolean {
  if (!isUpper(all.words[i])) return false
  all.shouts ??= all.words.every(isUpper)
  return !all.shouts
}

const isTurnedByNo = (lower: string[], i: number): boolean =>
  lower[i - 1] === 'no' || lower[i - 2] === 'no' || (lower[i - 3] === 'no' && ['or', 'nor'].includes(lower[i - 1]))

/** What a degree adverb at that place adds to a word of this valence. */
function degreeOf(all: Words, at: number, valence: number): number {
  const boost = boosters.get(all.lower[at])
  if (boost === undefined) return 0
  const degree = valence < 0 ? -boost : boost
  if (!isEmphasised(all, at)) return degree
  return valence > 0 ? degree + capitals : degree - capitals
}

/** "never so" and "never this" strengthen, "without doubt" does nothing, other negations turn round. */
function negate(valence: number, lower: string[], i: number, back: number): number {
  const word = lower[i - back]
  const so = (at: number): boolean => lower[at] === 'so' || lower[at] === 'this'
  if (back === 2 && word === 'never' && so(i - 1)) return valence * 1.25
  // Three words before, the reference asks for "never" only beside the first of the two.
  if (back === 3 && ((word === 'never' && so(i - 2)) || so(i - 1))) return valence * 1.25
  if (back > 1 && word === 'without' && (lower[i - 1] === 'doubt' || (back === 3 && lower[i - 2] === 'doubt')))
    return valence
  return negations.has(word) || word.includes("n't") ? valence * turned : valence
}

/** Phrases that hold the word, or end before it; looked for only where three words stand before. */
function applyPhrases(valence: number, { lower, edition }: Words, i: number): number {
  const special = phrases[edition]
  const found =
    phraseAt(special, lower, i, 3) ??
    phraseAt(special, lower, i, 2) ??
    phraseAt(special, lower, i - 1, 2) ??
    phraseAt(special, lower, i - 2, 3) ??
    phraseAt(special, lower, i - 2, 2) ??
    phraseAt(special, lower, i - 3, 3) ??
    phraseAt(special, lower, i - 3, 2)
  let changed = found ?? valence
  changed += phraseAt(boosterPhrases, lower, i - 3, 2) ?? 0
  changed += phraseAt(boosterPhrases, lower, i - 2, 2) ?? 0
  return changed
}

/**
 * What stands before the first "but" counts half, what stands behind it half as much again. The reference looks each value up by
 * the first place that holds the like, so equal values meet at one place.
 */
function weighBut(sentiments: number[], but: number): void {
  if (but < 0) return
  for (let i = 0; i < sentiments.length; i++) {
    const at = sentiments.indexOf(sentiments[i])
    if (at !== but) sentiments[at] *= at < but ? 0.5 : 1.5
  }
}

/** Up to four exclamation marks, two or more question marks. */
function emphasisOf(text: string): number {
  const exclamations = Math.min(4, countOf(text, '!'))
  const questions = countOf(text, '?')
  return exclamations * 0.292 + (questions > 3 ? 0.96 : questions > 1 ? questions * 0.18 : 0)
}

function countOf(text: string, mark: string): number {
  let count = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) count++
  return count
}

function summarise(sentiments: number[], emphasis: number): Sentiment {
  let sum = 0
  let positive = 0
  let negative = 0
  let neutral = 0
  for (const value of sentiments) {
    sum += value
    if (value > 0) positive += value + 1
    else if (value < 0) negative += 1 - value
    else neutral++
  }
  sum += Math.sign(sum) * emphasis
  if (positive > negative) positive += emphasis
  else if (positive < negative) negative += emphasis
  const total = positive + negative + neutral
  return {
    neg: roundHalfEven(negative / total, 3),
    neu: roundHalfEven(neutral / total, 3),
    pos: roundHalfEven(positive / total, 3),
    compound: roundHalfEven(sum / Math.sqrt(sum * sum + 15), 4),
  }
}
