import { parentPort, workerData } from 'node:worker_threads'
import { SpikeError } from '../../errors.ts'
import type { Reader, Streams, Writer } from '../port.ts'
import type { Answer, Question } from './beside.ts'
import { openEmbedded } from './streams.ts'

/** The thread's end of `openBeside`: answers one question after the other that the other thread asks of its objects. */
const objects: (Streams | Writer | Reader)[] = []

parentPort!.on('message', async ({ id, object, method, args }: Question) => {
  parentPort!.postMessage(await answer(id, object, method, args))
})
parentPort!.postMessage(
  await openEmbedded(workerData as string).then(
    streams => {
      objects.push(streams)
      return { id: 0 }
    },
    error => ({ id: 0, ...faultOf(error) }),
  ),
)

async function answer(id: number, object: number, method: string, args: unknown[]): Promise<Answer> {
  try {
    const target = objects[object] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    const value = await target[method](...args)
    if (method === 'reader')
      return { id, opened: objects.push(value as Reader) - 1, positions: (value as Reader).positions() }
    if (method === 'writer') return { id, opened: objects.push(value as Writer) - 1, claim: (value as Writer).claim() }
    return method === 'poll' ? { id, value, positions: (objects[object] as Reader).positions() } : { id, value }
  } catch (error) {
    return { id, ...faultOf(error) }
  }
}

function faultOf(error: unknown): Pick<Answer, 'code' | 'faults'> {
  return error instanceof SpikeError ? { code: error.code, faults: error.faults } : { faults: [String(error)] }
}
