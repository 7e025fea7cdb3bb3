import { describe } from 'vitest'
import { sqlite } from '../harness/store_engines.ts'
import { keepsKinds } from './keeps_kinds.ts'
import { keepsRows } from './keeps_rows.ts'

describe('sqlite', keepsRows(sqlite()))
describe('sqlite, of shares and news', keepsKinds(sqlite()))
