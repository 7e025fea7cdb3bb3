import fc from 'fast-check'

/** A property test draws the same cases in every run, so what was green stays green; SPIKE60_SEED=N draws others. */
fc.configureGlobal({ seed: Number(process.env.SPIKE60_SEED ?? 60) })
