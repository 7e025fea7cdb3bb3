/** The closed list of what can go wrong. `exit` is the command's exit code; `retriable` says whether the same call may succeed later. */
const errorCodes = {
  BAD_ARGUMENT: { exit: 2, retriable: false },
  BAD_CONFIG: { exit: 2, retriable: false },
  BAD_FILE: { exit: 2, retriable: false },
  BAD_TABLE: { exit: 2, retriable: false },
  BAD_MODEL: { exit: 2, retriable: false },
  OVERLAPPING_FILES: { exit: 2, retriable: false },
  TOO_FEW_ROWS: { exit: 2, retriable: false },
  ONE_CLASS: { exit: 2, retriable: false },
  AUDIT_FAILED: { exit: 3, retriable: false },
  CHECK_FAILED: { exit: 1, retriable: false },
  DIGEST_MISMATCH: { exit: 1, retriable: false },
  SOCKET_FAILED: { exit: 1, retriable: true },
  BROKER_UNAVAILABLE: { exit: 1, retriable: true },
  BROKER_REFUSED: { exit: 1, retriable: false },
  TOPIC_MISMATCH: { exit: 2, retriable: false },
  TOPIC_UNKNOWN: { exit: 2, retriable: false },
  WRITER_FENCED: { exit: 1, retriable: false },
  LOG_CORRUPT: { exit: 1, retriable: false },
  RECORD_FAILED: { exit: 1, retriable: true },
  STATE_LOST: { exit: 2, retriable: false },
  MLFLOW_UNAVAILABLE: { exit: 1, retriable: true },
  MLFLOW_REFUSED: { exit: 1, retriable: false },
  STORE_UNAVAILABLE: { exit: 1, retriable: true },
  STORE_REFUSED: { exit: 2, retriable: false },
  LOCKED: { exit: 1, retriable: true },
  TOOL_MISSING: { exit: 1, retriable: false },
} as const

export type ErrorCode = keyof typeof errorCodes

/**
 * An error for people: each fault is one line that says what, where, what is allowed and what to do.
 * @param faults one line each, what others have said made one; all faults found at once, not only the first.
 */
export class SpikeError extends Error {
  readonly code: ErrorCode
  readonly faults: string[]

  constructor(code: ErrorCode, faults: string | string[], options?: ErrorOptions) {
    const lines = (Array.isArray(faults) ? faults : [faults]).map(onOneLine)
    super(lines.join('\n'), options)
    this.name = 'SpikeError'
    this.code = code
    this.faults = lines
  }

  get retriable(): boolean {
    return errorCodes[this.code].retriable
  }

  get exit(): number {
    return errorCodes[this.code].exit
  }
}

function onOneLine(text: string): string {
  const pieces = text.split(/[\r\n]+/)
  if (pieces.length === 1) return text
  return pieces
    .map(piece => piece.trim())
    .filter(piece => piece !== '')
    .join(' ')
}
