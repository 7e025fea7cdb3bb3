/** Where a command's words cannot be written. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { lacksLinux, needs } from '../harness/needs.ts'

const sh = (line: string) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}
const help = 'node scripts/settle.ts --help'

describe('a full disk below the output', needs(lacksLinux), () => {
  test('of the result is one line and exit 1', () => {
    expect(sh(`${help} > /dev/full`)).toEqual({
      code: 1,
      out: '',
      err: 'settle: standard output: no space left on the disk; make room and start it again, it goes on where it stood\n',
    })
  })

  test('of log and faults takes nothing from the result, nor from the exit code', () => {
    const log = "import { createLog } from './src/operations/log.ts'; createLog().warn('lost'); console.log('done')"
    expect(sh(`node --input-type=module -e "${log}" 2> /dev/full`)).toEqual({ code: 0, out: 'done\n', err: '' })
    expect(sh('node scripts/settle.ts --nonsense 2> /dev/full')).toEqual({ code: 2, out: '', err: '' })
  })
})

test('whoever stops reading ends a command without a word', () => {
  expect(sh(`{ ${help}; echo $? >&2; } | true`)).toEqual({ code: 0, out: '', err: '0\n' })
})
