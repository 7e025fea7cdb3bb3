import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PythonEnv } from '../../src/operations/python_env.ts'
import { type MlflowServer, startMlflowServer } from '../../src/tracking/server.ts'
import { freePorts } from './free_ports.ts'

export interface TestMlflow {
  server: MlflowServer
  /** Ends this server with SIGKILL, as a crash would. */
  kill(): Promise<void>
  /** A new server on the same store; `server` is then that one. */
  restart(): Promise<void>
  /** Stops the process group and removes the store. */
  remove(): Promise<void>
}

/** A real MLflow server on a free port, its store in a temporary folder. */
export async function startTestMlflow(env: PythonEnv): Promise<TestMlflow> {
  const store = mkdtempSync(join(tmpdir(), 'spike60-mlflow-'))
  const start = async (): Promise<MlflowServer> => {
    const [port] = await freePorts(1)
    return startMlflowServer({ mlflow: join(env.bin, 'mlflow'), store, port })
  }
  const test: TestMlflow = {
    server: await start(),
    kill: () => test.server.stop('SIGKILL'),
    async restart() {
      test.server = await start()
    },
    async remove() {
      await test.server.stop()
      rmSync(store, { recursive: true, force: true })
    },
  }
  return test
}

export interface CuttingProxy {
  uri: string
  /** Requests seen so far. */
  seen: number
  close(): Promise<void>
}

/**
 * A proxy in front of `target` that answers no more from request number `cutAt` on (1 is the first). That one still reaches the
 * target, and only its answer is lost; later ones do not. `onCut` runs before it is passed on.
 */
export async function startCuttingProxy(
  target: string,
  cutAt: number,
  onCut: () => Promise<void> = async () => {},
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))
  const proxy: CuttingProxy = {
    uri: '',
    seen: 0,
    close: () =>
      new Promise(done => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const number = ++proxy.seen
    if (number === cutAt) await onCut()
    if (number > cutAt) return void incoming.socket.destroy()
    const { method, url, headers } = incoming
    const onward = request({ hostname, port, method, path: url, headers: { ...headers, host: `${hostname}:${port}` } })
    onward.on('error', () => incoming.socket.destroy())
    onward.on('response', answer => {
      if (number === cutAt) {
        answer.resume().on('end', () => incoming.socket.destroy())
      } else {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      }
    })
    incoming.pipe(onward)
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  proxy.uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}
