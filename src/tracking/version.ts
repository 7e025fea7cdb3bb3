import { SpikeError } from '../errors.ts'
import { request } from './request.ts'

/** Models are logged with calls that MLflow has since this version. */
const least = 3

/**
 * Asks a server which MLflow it is. One that does not say, as behind some gateways, is let pass.
 * @throws SpikeError MLFLOW_REFUSED for an MLflow before 3.
 */
export async function checkServerVersion(uri: string): Promise<void> {
  const version = await askVersion(uri)
  if (version === null || Number.parseInt(version, 10) >= least) return
  throw new SpikeError(
    'MLFLOW_REFUSED',
    `${uri}: is MLflow ${version}, ${least}.0 or newer is needed; nothing was sent, the runs stay in the journal`,
  )
}

async function askVersion(uri: string): Promise<string | null> {
  try {
    const { status, text } = await request(uri, 'GET', '/version', {}, AbortSignal.timeout(10_000))
    return status === 200 ? (/^\d{1,9}\.\d[\w.]{0,30}(?=\s*$)/.exec(text)?.[0] ?? null) : null
  } catch {
    return null
  }
}
