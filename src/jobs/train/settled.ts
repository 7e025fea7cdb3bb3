import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { decodeSettled, type SettledPrediction } from '../../core/models/artifact/settled_json.ts'
import type { Settled } from '../../core/models/judge/rivals.ts'
import { openStreams } from '../../streams/open.ts'
import { readAll } from '../../streams/read_all.ts'

/**
 * What a model has said live and what came of it, of all its settled predictions.
 * @param engine of the topics, as `openStreams` takes it. @param topic of settled predictions.
 * @throws SpikeError TOPIC_UNKNOWN, and as `openStreams`.
 */
export async function settledBy(
  { name, trained_on }: Pick<Artifact, 'name' | 'trained_on'>,
  engine: string,
  topic: string,
): Promise<Settled> {
  const streams = await openStreams(engine, 'there')
  const settled = new Map<string, SettledPrediction>()
  try {
    for await (const records of readAll(streams, topic))
      for (const { value } of records) {
        const found = decodeSettled(value.toString())
        if (found?.model === name && found.trained_until === trained_on.to)
          settled.set(`${found.product} ${found.time}`, found)
      }
  } finally {
    await streams.close()
  }
  return settled
}
