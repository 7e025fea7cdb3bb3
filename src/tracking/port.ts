import { createConnection, createServer } from 'node:net'
import { SpikeError } from '../errors.ts'

/** @throws SpikeError BAD_ARGUMENT when something listens on a port of 127.0.0.1. */
export function refuseTakenPort(port: number): Promise<void> {
  return new Promise((free, failed) => {
    const probe = createServer()
    probe.once('error', cause =>
      failed(
        new SpikeError(
          'BAD_ARGUMENT',
          `port ${port} on 127.0.0.1 is taken; end what listens there, or choose another with --port`,
          {
            cause,
          },
        ),
      ),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => free()))
  })
}

/** Whether anything listens on a port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise(answer => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy()
      answer(true)
    })
    socket.once('error', () => answer(false))
  })
}
