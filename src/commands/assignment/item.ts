import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'

/** What is looked at: a run in a folder, and the topics that it was made of. */
export interface Submission {
  /** Folder of the run. */
  run: string
  config: Config
  /** Engine of its topics, as `openStreams` takes it. */
  topics: string
  /** Its raw data. */
  raw: string[]
}

/** Whether it is there, and what shows it or what is lacking. */
export interface Evidence {
  done: boolean
  evidence: string
}

/** One thing that the rubric looks for, and the one command that brings it. */
export interface Item {
  name: string
  mend: string
  look(submission: Submission): Promise<Evidence> | Evidence
}

export const found = (evidence: string): Evidence => ({ done: true, evidence })
export const lacking = (evidence: string): Evidence => ({ done: false, evidence })

/** What an item found; a fault in words is what is lacking. */
export async function lookAt(item: Item, submission: Submission): Promise<Evidence> {
  try {
    return await item.look(submission)
  } catch (error) {
    if (error instanceof SpikeError) return lacking(error.faults[0])
    throw error
  }
}

/** A file of the run, or of the checkout where the run has none. */
export function fileItem(name: string, path: string, mend: string, root?: string): Item {
  return {
    name,
    mend,
    look({ run }) {
      const place = [run, ...(root === undefined ? [] : [root])].map(folder => join(folder, path)).find(existsSync)
      return place === undefined ? lacking(`no ${path}`) : found(path)
    },
  }
}
