import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isBelow, isInside } from '../files/inside.ts'
import { readText } from '../files/read_text.ts'

/** A journal may come from anybody: what it names lies in its own folder, and is what is sent to a server. */
const inside = z.string().refine(isInside)
const artifacts = z.array(z.object({ path: inside, file: inside }))

export const runFile = z.object({
  experiment: z.string(),
  record: z.object({
    id: z.string(),
    name: z.string(),
    parent: z.string().optional(),
    started_at: z.number(),
    ended_at: z.number(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    metrics: z.array(
      z.object({ key: z.string(), value: z.number(), step: z.number().optional(), timestamp: z.number().optional() }),
    ),
    tags: z.record(z.string(), z.string()),
    datasets: z.array(
      z.object({
        name: z.string(),
        digest: z.string(),
        source: z.string(),
        context: z.enum(['training', 'validation', 'test']),
        rows: z.number(),
        columns: z.array(z.string()),
      }),
    ),
    artifacts,
    model: z.object({ registered: z.string(), folder: inside, alias: z.string().optional() }).optional(),
  }),
})

export const attachmentFile = z.object({ id: z.string(), run: z.string(), added_at: z.number(), artifacts })

/** Where a run was sent: the server's address and the id that the server gave it. */
const acknowledgement = z.object({ uri: z.string(), run_id: z.string(), sent_at: z.string() })
export type Acknowledgement = z.infer<typeof acknowledgement>
export const sentFile = z.array(acknowledgement)

/** Where a server on this machine runs. */
export const serverFile = z.object({ uri: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/), pid: z.int().min(2) })

/** What a JSON file holds; null where it cannot be read or is of another kind. */
export function readJson<Kind>(path: string, kind: z.ZodType<Kind>): Kind | null {
  try {
    return kind.parse(JSON.parse(readText(path)))
  } catch {
    return null
  }
}

/** The artifacts with `file` below `folder`; null where one of them is no file there. */
export function findArtifacts(folder: string, listed: z.infer<typeof artifacts>): z.infer<typeof artifacts> | null {
  const found = listed.map(({ path, file }) => ({ path, file: join(folder, file) }))
  const isOwn = (file: string) => lstatSync(file, { throwIfNoEntry: false })?.isFile() && isBelow(file, folder)
  return found.every(({ file }) => isOwn(file)) ? found : null
}
