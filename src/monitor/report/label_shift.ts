import { countPartBelow, partOf } from '../profile/pool_parts.ts'
import type { Profile } from '../profile/profile.ts'

export interface LabelSide {
  /** Rows whose future is known: with a label, or with a sigma_future where there is no label. */
  labelled: number
  positives: number
  /** Null where nothing is labelled, or there is neither label nor tau. */
  prevalence: number | null
}

export interface LabelShift {
  /** Threshold on sigma_future, one a product; null where the caller knows none. */
  tau: Record<string, number> | null
  /** `label`: counted from the label column; `tau`: from sigma_future against tau. */
  source: 'label' | 'tau' | null
  reference: LabelSide
  current: LabelSide
  /** The percentile of sigma_future that tau is on either side, by product. */
  tau_percentile: { product: string; reference: number | null; current: number | null }[]
}

/** Prevalence of the label on both sides, and where tau lies in the sigma_future of each: does the threshold still fit? */
export function compareLabels(reference: Profile, current: Profile, tau: Record<string, number> | null): LabelShift {
  const labels = [reference, current].every(side => side.columns.label)
  const sigmas = tau !== null && [reference, current].every(side => side.columns.sigma_future)
  const source = labels ? 'label' : sigmas ? 'tau' : null
  const products = Object.keys(tau ?? {})
  return {
    tau,
    source,
    reference: countLabels(reference, source, tau),
    current: countLabels(current, source, tau),
    tau_percentile: sigmas
      ? products.map(product => ({
          product,
          reference: percentileOf(reference, product, tau[product]),
          current: percentileOf(current, product, tau[product]),
        }))
      : [],
  }
}

function countLabels(side: Profile, source: 'label' | 'tau' | null, tau: Record<string, number> | null): LabelSide {
  let [labelled, positives] = [0, 0]
  const parts = source === null ? [] : side.columns[source === 'label' ? 'label' : 'sigma_future'].parts
  for (const part of parts) {
    const limit = source === 'label' ? 0.5 : tau?.[part.product]
    if (limit === undefined) continue
    labelled += part.n
    positives += part.n - countPartBelow(part, limit)
  }
  return { labelled, positives, prevalence: labelled > 0 ? positives / labelled : null }
}

function percentileOf(side: Profile, product: string, tau: number): number | null {
  const part = partOf(side, 'sigma_future', product)
  return part && part.n > 0 ? (100 * countPartBelow(part, tau)) / part.n : null
}
