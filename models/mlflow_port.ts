import { createConnection, createServer } from 'node:net'
import { SpikeError } from '../errors.ts'

/** `port`, or a free one for 0. */
export function freePort(port: number): Promise<number> {
  return new Promise((found, failed) => {
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
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : port))
    })
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
