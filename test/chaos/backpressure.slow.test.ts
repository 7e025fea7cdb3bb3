import { expect, test } from 'vitest'
import { pressIngestor } from '../harness/backpressure.ts'
import { lacksKafka } from '../harness/kafka/install.ts'
import { needs } from '../harness/needs.ts'

test(
  'a broker that stalls under load: bronze takes what it cannot, everything is published in order afterwards',
  needs(lacksKafka()),
  async () => {
    const relief = await pressIngestor({ rate: 4000, beforeS: 2, outageS: 6, afterS: 2, manner: 'stall' })
    console.log(JSON.stringify(relief))
    expect(relief).toMatchObject({ exit: 0, published: relief.sent, misplaced: 0, gaps: 0 })
    expect(relief.sent).toBe(40_000)
    expect(relief.peakRssMb).toBeLessThan(400)
  },
)
