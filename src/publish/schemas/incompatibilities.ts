type Schema = Record<string, unknown>

/**
 * What a reader of records by the schema `before` would stumble over in those by `after`, or the other way round: a field or a
 * variant that is gone, a type or a list of values that is narrower, a field that must be there now. Wordings are not compared.
 * @returns one line each, with the place; none where the change needs no new version.
 */
export function incompatibilities(before: Schema, after: Schema, place = 'record'): string[] {
  const variants = listOf(before.oneOf ?? before.anyOf)
  if (variants.length > 0) return compareVariants(variants, listOf(after.oneOf ?? after.anyOf ?? [after]), place)
  const faults: string[] = []
  if ('const' in before && before.const !== after.const)
    faults.push(`${place}: is no longer ${JSON.stringify(before.const)}`)
  const types = [before.type].flat()
  const kept = [after.type].flat()
  if (after.oneOf === undefined && after.anyOf === undefined)
    for (const type of types)
      if (!kept.includes(type) && !(type === 'integer' && kept.includes('number')))
        faults.push(`${place}: is no longer ${type}`)
  for (const value of Array.isArray(before.enum) && Array.isArray(after.enum) ? before.enum : [])
    if (!(after.enum as unknown[]).includes(value))
      faults.push(`${place}: ${JSON.stringify(value)} is no longer a value`)
  const [fields, others] = [objectOf(before.properties), objectOf(after.properties)]
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(others, name)) faults.push(`${place}.${name}: is gone`)
    else
      for (const fault of incompatibilities(objectOf(field), objectOf(others[name]), `${place}.${name}`))
        faults.push(fault)
  }
  const required = Array.isArray(before.required) ? before.required : []
  for (const name of Array.isArray(after.required) ? after.required : [])
    if (!required.includes(name)) faults.push(`${place}.${name}: must be there now`)
  return faults
}

/** Each variant of before must have one that takes it still; the one with the fewest faults is told of. */
function compareVariants(before: Schema[], after: Schema[], place: string): string[] {
  return before.flatMap((variant, n) => {
    const each = after.map(other => incompatibilities(variant, other, `${place}[${nameOf(variant) ?? n}]`))
    return each.reduce((least, faults) => (faults.length < least.length ? faults : least))
  })
}

/** The constant by which variants are told apart. */
function nameOf(variant: Schema): unknown {
  return objectOf(objectOf(variant.properties).type).const ?? variant.type
}

function listOf(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}

function objectOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {}
}
