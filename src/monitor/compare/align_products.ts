import { type Side, takeRows } from '../columns/side.ts'
import { joinParts } from '../profile/join_parts.ts'
import type { Profile } from '../profile/profile.ts'

/**
 * Two sides whose products can be compared one with one: as they are where they share a product; where they share none, each with
 * all of its rows under one nameless product.
 */
export function alignProducts(reference: Profile, current: Side): { reference: Profile; current: Side } {
  const shared = current.product.some(product => product in reference.products)
  return shared ? { reference, current } : { reference: dropFromProfile(reference), current: dropFromSide(current) }
}

function dropFromProfile(profile: Profile): Profile {
  const place = profile.keys.map((_, block) => block)
  const blocks = profile.keys.length
  return {
    ...profile,
    products: { '': profile.rows },
    columns: Object.fromEntries(
      Object.entries(profile.columns).map(([name, column]) => [
        name,
        {
          ...column,
          parts: [
            joinParts(
              '',
              column.parts.map(part => ({ part, place })),
              blocks,
            ),
          ],
        },
      ]),
    ),
  }
}

function dropFromSide(side: Side): Side {
  const order = Int32Array.from(side.time, (_, row) => row).sort((a, b) => side.time[a] - side.time[b])
  return takeRows({ ...side, product: new Array<string>(side.rows).fill('') }, order, side.name)
}
