import { command, positiveNumber, runCommand, wholeNumber } from '../src/operations/command.ts'
import { type Costs, type Load, simulateScale } from './simulate_scale.ts'

type Named = 'publishUs' | 'eventUs' | 'brokerUs' | 'rowUs' | 'eventBytes' | 'rowBytes' | 'productMb'
type Arguments = Record<Named | 'eventsPerProduct' | 'skew' | 'utilisation', number> & {
  products?: number[]
  json?: boolean
}

/** What loads of ever more products take, with costs that were measured, here or on a machine of one's own. */
await runCommand<Arguments>(
  command(
    'bench scaling',
    'Simulates what loads of up to 50,000 products take.',
    'npm run bench -- scaling --event-us 10 --row-us 80',
  )
    .option('--products <n...>', 'numbers of products', (text: string, before: number[] | undefined) => [
      ...(before ?? []),
      wholeNumber('--products', 1, 1_000_000)(text),
    ])
    .option(
      '--events-per-product <n>',
      'events a second of the mean product',
      positiveNumber('--events-per-product'),
      20,
    )
    .option('--skew <n>', "a product's share falls with its rank to this power", positiveNumber('--skew'), 0.8)
    .option('--utilisation <n>', 'share of a core that a process may take', positiveNumber('--utilisation'), 0.5)
    .option('--publish-us <n>', 'CPU of an event, frame to topic', positiveNumber('--publish-us'), 14)
    .option('--event-us <n>', 'CPU of an event in the featurizer', positiveNumber('--event-us'), 5)
    .option('--broker-us <n>', 'CPU of an event in the brokers', positiveNumber('--broker-us'), 5)
    .option('--row-us <n>', 'CPU of a row', positiveNumber('--row-us'), 55)
    .option('--event-bytes <n>', 'of an event on its topic', positiveNumber('--event-bytes'), 250)
    .option('--row-bytes <n>', 'of a row on its topic', positiveNumber('--row-bytes'), 2400)
    .option('--product-mb <n>', "memory of a product's look-back", positiveNumber('--product-mb'), 1)
    .option('--json', 'print the figures as one JSON line'),
  async given => {
    const costs: Costs = {
      ...{ publish_us: given.publishUs, event_us: given.eventUs, broker_us: given.brokerUs, row_us: given.rowUs },
      ...{ event_bytes: given.eventBytes, row_bytes: given.rowBytes, product_mb: given.productMb },
    }
    const scales = (given.products ?? [10, 100, 1000, 10_000, 50_000]).map(products => {
      const { skew, utilisation } = given
      const load: Load = { products, events_per_s: products * given.eventsPerProduct, skew, utilisation }
      return { events_per_s: load.events_per_s, ...simulateScale(load, costs) }
    })
    if (given.json) console.log(JSON.stringify({ name: 'scaling', costs, scales }))
    else console.table(scales)
  },
)
