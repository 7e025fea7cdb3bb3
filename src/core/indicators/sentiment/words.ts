/** VADER's words that turn or strengthen others, in lower case. */

/** A word of these, up to three words before, turns the sentiment round. */
export const negations: ReadonlySet<string> = new Set(
  `aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't dont hadnt hasnt
  havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never none nope nor
  not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont
  wouldnt won't wouldn't rarely seldom despite`.split(/\s+/),
)

const strengthening =
  `absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous
  enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking
  fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly
  intensely major majorly more most particularly purely quite really remarkably so substantially thoroughly total totally
  tremendous tremendously uber unbelievably unusually utter utterly very`.split(/\s+/)

const dampening =
  `almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly
  scarce scarcely slight slightly somewhat sorta sortof sort-of`.split(/\s+/)

/** What a degree adverb before a word adds to its valence. */
export const boosters: ReadonlyMap<string, number> = new Map([
  ...strengthening.map(word => [word, 0.293] as const),
  ...dampening.map(word => [word, -0.293] as const),
])
