// Plain JavaScript for Node 20: one installation at a time in this folder.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until no other process of this folder holds the lock, and takes it. The lock is a listening local socket: the system
 * gives it back when its owner ends, however that ends.
 * @returns {Promise<import('node:net').Server>} held until it is closed.
 */
export async function takeLock(folder = process.cwd()) {
  const name = `spike60-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const path =
    process.platform === 'linux'
      ? `\0${name}`
      : process.platform === 'win32'
        ? `\\\\.\\pipe\\${name}`
        : join(tmpdir(), `${name}.sock`)
  for (let said = false; ; said = true) {
    const server = createServer()
    server.listen(path)
    try {
      await once(server, 'listening')
      return server
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error
    }
    if (!said) console.error('Another command installs packages here: waiting for it …')
    await ownerGone(path)
  }
}

/** Until the owner's socket closes; a file that a dead owner left is removed. */
async function ownerGone(path) {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    await once(socket.resume(), 'close')
  } catch (error) {
    if (error.code === 'ECONNREFUSED' && path.startsWith('/')) rmSync(path, { force: true })
    await delay(100)
  }
}
