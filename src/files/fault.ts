const full = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL']
/** As SQLite and DuckDB say it. */
const fullDisk = /database or disk is full|No space left on device/
/** A limit on the size of a file, of the shell or of the disk's format; as DuckDB says it too. */
const tooLarge = /\bEFBIG\b|File too large/
/** As SQLite says it. */
const unopened = /^unable to open database file|attempt to write a readonly database/
const place = ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOENT', 'ENAMETOOLONG', 'ELOOP']
const limit = ['EMFILE', 'ENFILE']

/**
 * What the operating system refused, as a line that says what to do and an exit code: 2 where another name would do, else 1.
 * Null for what is a fault of the program.
 */
export function systemFault(error: unknown): { line: string; exit: 1 | 2 } | null {
  if (!(error instanceof Error)) return null
  const { code = '', path, syscall } = error as NodeJS.ErrnoException
  const what = path ?? 'while writing'
  if (full.includes(code) || fullDisk.test(error.message))
    return {
      line: `${what}: no space left on the disk; make room and start it again, it goes on where it stood`,
      exit: 1,
    }
  if (tooLarge.test(error.message))
    return {
      line: `${what}: the file would be larger than it may be; raise the limit (ulimit -f), or name a place on another disk`,
      exit: 1,
    }
  if (unopened.test(error.message))
    return {
      line: `${what}: ${error.message}; make its folder writable, or raise the limit of open files (ulimit -n)`,
      exit: 1,
    }
  if (limit.includes(code))
    return { line: `${what}: too many open files (${code}); raise the limit (ulimit -n) and start it again`, exit: 1 }
  if (place.includes(code) && path !== undefined)
    return {
      line: `${path}: cannot be ${verbs[syscall ?? ''] ?? 'used'} (${code}); name another place, or mend this one`,
      exit: 2,
    }
  return null
}

const verbs: Record<string, string> = {
  open: 'opened',
  mkdir: 'made',
  rename: 'written',
  scandir: 'read',
  unlink: 'removed',
}
