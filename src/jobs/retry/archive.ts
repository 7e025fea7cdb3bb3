import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFileAtomically } from '../../files/atomic.ts'
import { makeFolder } from '../../files/place.ts'
import { openStore } from '../../stores/open.ts'
import type { Claim } from '../../stores/port.ts'
import type { Incoming, TopicFacts } from '../../streams/port.ts'

/** A record that failed each time, as its last letter tells it. */
export interface GivenUp {
  /** The letter, on its topic. */
  letter: Incoming
  /** Of the record. */
  key: string
  name: string
  /** Milliseconds since the epoch. */
  first: number
  /** JSON: the letter and what was tried. */
  text: string
}

/** Where they go. Given the same again, it holds it once. */
export interface Archive {
  put(record: GivenUp): Promise<void>
  close(): Promise<void>
}

/** Whether a place is a store rather than a folder. */
export const isStore = (place: string): boolean => /^[a-z][a-z0-9+-]+:/i.test(place)

/**
 * Opens a folder, where each is a file, or a store, where each is a row of `store_refused` under topic, partition and offset of its
 * letter, which no other letter has.
 * @throws SpikeError as `openStore`.
 */
export async function openArchive(place: string, topic: TopicFacts, claim: Claim): Promise<Archive> {
  if (!isStore(place)) return { put: record => putFile(place, record), close: async () => {} }
  const store = await openStore(place, topic, claim)
  return {
    async put({ letter, text }) {
      const { partition, offset } = letter
      const upTo = [{ topic: topic.name, partition, offset: offset + 1 }]
      await store.write([{ ...letter, value: Buffer.from(text) }], upTo)
    },
    close: () => store.close(),
  }
}

/** What a record is called by its content, wherever its letters stand. */
export function nameOf(topic: string, key: string, value: Uint8Array): string {
  return createHash('sha256')
    .update(`${JSON.stringify([topic, key])}\n`)
    .update(value)
    .digest('hex')
}

async function putFile(place: string, { key, name, first, text }: GivenUp): Promise<void> {
  const folder = join(place, ...new Date(first).toISOString().slice(0, 10).split('-'))
  makeFolder(folder)
  const shown = key.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)
  await writeFileAtomically(join(folder, `${shown}_${Math.floor(first / 1000)}_${name}.json`), `${text}\n`)
}
