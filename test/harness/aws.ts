import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { PythonEnv } from '../../src/operations/python_env.ts'
import { freePorts } from './free_ports.ts'
import { runPython } from './python.ts'

/** A server on 127.0.0.1 that speaks as AWS does (moto): S3, SQS, DynamoDB. Every login is as good as another there. */
export interface Aws {
  address: string
  makeBucket(name: string): Promise<void>
  /** Runs a script of test/harness/python/ that asks by boto3, from outside. */
  run(env: PythonEnv, script: string, args: string[]): Promise<unknown>
  stop(): Promise<void>
}

const login = { AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'testing-only', AWS_REGION: 'us-east-1' }

/** Starts it, and lets this process and its children ask there until it is stopped. */
export async function startAws(env: PythonEnv): Promise<Aws> {
  const [port] = await freePorts(1)
  const address = `http://127.0.0.1:${port}`
  const told = { ...login, AWS_ENDPOINT_URL: address, AWS_DEFAULT_REGION: login.AWS_REGION }
  const before = Object.fromEntries(Object.keys(told).map(name => [name, process.env[name]]))
  Object.assign(process.env, told)
  const server = spawn(join(env.bin, 'moto_server'), ['-H', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore' })
  await untilReady(address, server)
  return {
    address,
    async makeBucket(name) {
      await fetch(`${address}/${name}`, { method: 'PUT', headers: { host: 's3' } })
    },
    run: (env, script, args) => runPython(env, script, args),
    async stop() {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      if (server.exitCode !== null) return
      const ended = once(server, 'exit')
      server.kill()
      await ended
    },
  }
}

async function untilReady(address: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const isThere = await fetch(`${address}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`moto ended with ${server.exitCode}`)
}
