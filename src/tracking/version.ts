import { SpikeError } from '../errors.ts'

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
    const response = await fetch(`${uri}/version`, { signal: AbortSignal.timeout(10_000) })
    const text = (await response.text()).trim()
    return response.ok && /^\d+\.\d+/.test(text) ? text : null
  } catch {
    return null
  }
}
