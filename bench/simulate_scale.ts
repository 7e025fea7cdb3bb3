import { seededRandom } from '../src/core/math/random.ts'

/** What things cost, in microseconds of CPU, bytes and megabytes; the program's own defaults are those of docs/scaling.md. */
export interface Costs {
  /** An event: frame to topic; taken in and folded; through the broker. */
  publish_us: number
  event_us: number
  broker_us: number
  /** A row: its bar closed, computed, written. */
  row_us: number
  /** Bytes on the topic. */
  event_bytes: number
  row_bytes: number
  /** Of a product's look-back. */
  product_mb: number
}

export interface Load {
  products: number
  /** Of all products together. */
  events_per_s: number
  /** A product's share falls with its rank to this power: 0 for all alike. */
  skew: number
  /** A process is given so much of a core at most, so that a burst and a restart have room. */
  utilisation: number
}

export interface Scale {
  products: number
  publishers: number
  featurizers: number
  partitions: number
  broker_cores: number
  cores: number
  /** Core that the busiest partition, and the busiest product, take. */
  busiest_partition: number
  busiest_product: number
  state_gb: number
  raw_mb_per_s: number
  rows_mb_per_s: number
}

/**
 * How many processes a load takes: products with seeded rates are hashed over partitions, and there are as many partitions as it
 * takes for the busiest one to fit in its share of a core, up to four times what even shares would take: a product that needs more
 * by itself cannot be helped so, and stands in `busiest_product`.
 */
export function simulateScale({ products, events_per_s, skew, utilisation }: Load, costs: Costs): Scale {
  const rates = ratesOf(products, events_per_s, skew)
  const cpu = rates.map(rate => (rate * costs.event_us + costs.row_us) / 1e6)
  const total = cpu.reduce((sum, one) => sum + one, 0)
  const least = Math.max(1, Math.ceil(total / utilisation))
  let partitions = least
  let busiest = busiestOf(cpu, partitions)
  while (busiest > utilisation && partitions < Math.min(products, 4 * least)) {
    partitions = Math.min(products, Math.ceil(partitions * 1.1))
    busiest = busiestOf(cpu, partitions)
  }
  const publishers = Math.ceil((events_per_s * costs.publish_us) / 1e6 / utilisation)
  const broker_cores = (events_per_s * costs.broker_us) / 1e6
  return {
    ...{ products, publishers, featurizers: partitions, partitions, broker_cores: round(broker_cores) },
    cores: round((events_per_s * costs.publish_us) / 1e6 + broker_cores + total),
    ...{ busiest_partition: round(busiest), busiest_product: round(cpu[0]) },
    state_gb: round((products * costs.product_mb) / 1000),
    raw_mb_per_s: round((events_per_s * costs.event_bytes) / 1e6),
    rows_mb_per_s: round((products * costs.row_bytes) / 1e6),
  }
}

function ratesOf(products: number, events_per_s: number, skew: number): number[] {
  const weights = Array.from({ length: products }, (_, rank) => (rank + 1) ** -skew)
  const sum = weights.reduce((total, one) => total + one, 0)
  return weights.map(weight => (events_per_s * weight) / sum)
}

/** Keys fall on partitions by their hash: any, each as likely. */
function busiestOf(cpu: number[], partitions: number): number {
  const random = seededRandom(60)
  const loads = new Float64Array(partitions)
  for (const one of cpu) loads[Math.floor(random() * partitions)] += one
  return loads.reduce((most, one) => Math.max(most, one), 0)
}

const round = (value: number): number => Number(value.toPrecision(3))
