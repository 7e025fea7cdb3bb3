import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readAttachments } from '../../src/tracking/attachments.ts'
import { readJournal } from '../../src/tracking/journal.ts'
import { type RunRecord, recordRuns } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-journal-'))
const empty: Omit<RunRecord, 'id' | 'name'> = {
  started_at: 1_767_571_200_000,
  ended_at: 1_767_571_201_000,
  ...emptyRun,
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the journal', () => {
  const journal = join(folder, 'plain')
  writeFileSync(join(folder, 'note.txt'), 'first')

  test('keeps a copy of what a run left behind, and needs no server', async () => {
    const run: RunRecord = {
      ...empty,
      id: 'kept',
      name: 'kept',
      artifacts: [{ path: 'a/note.txt', file: join(folder, 'note.txt') }],
    }
    expect(await recordRuns([run], { experiment: 'e', journal })).toEqual({
      journalled: 1,
      sent: 0,
      link: null,
      warning: null,
    })
    writeFileSync(join(folder, 'note.txt'), 'changed later')
    expect(readFileSync(join(journal, 'journal/kept/artifacts/a/note.txt'), 'utf8')).toBe('first')
  })

  test('a server that is down is a warning, and the run stays', async () => {
    const run: RunRecord = { ...empty, id: 'down', name: 'down' }
    const result = await recordRuns([run], { experiment: 'e', journal, uri: 'http://127.0.0.1:9' })
    expect(result).toMatchObject({ journalled: 1, sent: 0, warning: expect.stringContaining('http://127.0.0.1:9') })
    expect(readdirSync(join(journal, 'journal/down'))).toEqual(['run.json'])
  })

  test('refuses what it cannot keep, and then keeps nothing of it', async () => {
    const bad: RunRecord = {
      ...empty,
      id: 'half',
      name: 'half',
      artifacts: [
        { path: 'note.txt', file: join(folder, 'note.txt') },
        { path: '../out', file: join(folder, 'missing') },
      ],
      model: { registered: 'm', folder },
    }
    const promise = recordRuns([bad], { experiment: 'e', journal })
    await expect(promise).rejects.toMatchObject({ code: 'BAD_ARGUMENT', faults: { length: 3 } })
    await expect(recordRuns([{ ...bad, id: '../up' }], { experiment: 'e', journal })).rejects.toThrow(/an id has/)
    await expect(recordRuns([{ ...empty, id: 'kept', name: 'other' }], { experiment: 'e', journal })).rejects.toThrow(
      /holds another run/,
    )
    expect(readdirSync(join(journal, 'journal')).sort()).toEqual(['down', 'kept'])
  })

  test('a folder that is not a run is named, and stops nothing', async () => {
    mkdirSync(join(journal, 'journal/stray'), { recursive: true })
    mkdirSync(join(journal, 'journal/killed.12.tmpAb3dE9'))
    const result = await recordRuns([], { experiment: 'e', journal, uri: 'http://127.0.0.1:9' })
    expect(result.warning).toMatch(/stray: is not a journalled run/)
    expect(result.warning).not.toContain('killed')
  })

  test('a journal of somebody else names only what lies in it: anything else is no part of it, and is sent nowhere', async () => {
    const theirs = join(folder, 'theirs')
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'mine')
    const put = (path: string, content: object) => {
      mkdirSync(join(theirs, path, '..'), { recursive: true })
      writeFileSync(join(theirs, path), JSON.stringify(content))
    }
    const record = { ...empty, id: 'x', name: 'x' }
    for (const [name, file] of Object.entries({
      up: '../../../secret',
      absolute: secret,
      linked: 'link',
      folder: 'folder/secret',
    })) {
      const artifacts = [{ path: 'secret', file }]
      put(`journal/${name}/run.json`, { experiment: 'e', record: { ...record, artifacts } })
      put(`attachments/${name}/attachment.json`, { id: name, run: 'x', added_at: 0, artifacts })
    }
    writeFileSync(join(folder, 'MLmodel'), '')
    for (const [name, at] of Object.entries({ up: '../../..', link: 'link' }))
      put(`journal/model_${name}/run.json`, {
        experiment: 'e',
        record: { ...record, model: { registered: 'm', folder: at } },
      })
    symlinkSync(folder, join(theirs, 'journal/model_link/link'))
    symlinkSync(secret, join(theirs, 'journal/linked/link'))
    symlinkSync(secret, join(theirs, 'attachments/linked/link'))
    for (const kind of ['journal', 'attachments']) symlinkSync(folder, join(theirs, kind, 'folder/folder'))
    expect(readJournal(theirs)).toMatchObject({ entries: [], faults: { length: 6 } })
    expect(readAttachments(theirs)).toMatchObject({ attachments: [], faults: { length: 4 } })
  })

  test('an address that is not http is refused, with any password in it kept to itself', async () => {
    const wrong = recordRuns([], { experiment: 'e', journal, uri: 'sqlite:///mlflow.db' })
    await expect(wrong).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    const secret = recordRuns([], { experiment: 'e', journal, uri: 'http://me:hunter2@127.0.0.1:9' })
    await expect(secret).rejects.toThrow(/^(?!.*hunter2).*must be like/)
  })
})
