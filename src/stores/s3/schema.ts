import { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import type { Position } from '../../streams/port.ts'
import { tablesVersion } from '../tables.ts'
import type { Bucket } from './client.ts'

const commit = z.object({
  ...{ version: z.number(), topic_id: z.string(), holder: z.string(), epoch: z.number() },
  positions: z.array(z.tuple([z.number(), z.number()])),
  /** What came with it. */
  objects: z.array(z.string()),
})

/** What stands of a topic after its newest commit: who writes, and up to where, as pairs of partition and next offset. */
export type Commit = z.infer<typeof commit>

/** A topic's newest commit and its number; 0 where there is none. */
export interface Newest {
  number: number
  told?: Commit
}

const last = 10 ** 12

/** Numbers count down in names, so that a listing begins with the newest. */
const keyOf = (topic: string, number: number): string =>
  `_commits/${encodeURIComponent(topic)}/${String(last - number).padStart(12, '0')}.json`

/** @throws SpikeError STORE_REFUSED for a commit of another version, or what is none. */
export async function readNewest(bucket: Bucket, topic: string): Promise<Newest> {
  const under = keyOf(topic, 0).replace(/[^/]*$/, '')
  const [found] = await bucket.list(under, 1)
  if (found === undefined) return { number: 0 }
  const number = last - Number(/(\d{12})\.json$/.exec(found.key)?.[1])
  const { data } = commit.safeParse(parse((await bucket.get(found.key))?.toString() ?? ''))
  if (data === undefined || !Number.isInteger(number))
    throw new SpikeError('STORE_REFUSED', `${bucket.place}: ${found.key} is no commit of ours; name another prefix`)
  if (data.version > tablesVersion)
    throw new SpikeError(
      'STORE_REFUSED',
      `${bucket.place}: its tables have version ${data.version}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another prefix`,
    )
  return { number, told: data }
}

/** @returns false where somebody else made that commit. */
export function putCommit(
  bucket: Bucket,
  topic: string,
  number: number,
  told: Omit<Commit, 'version'>,
): Promise<boolean> {
  return bucket.putIfAbsent(keyOf(topic, number), Buffer.from(JSON.stringify({ version: tablesVersion, ...told })))
}

export function positionsOf({ told }: Newest, topic: string): Position[] {
  return (told?.positions ?? []).map(([partition, offset]) => ({ topic, partition, offset }))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
