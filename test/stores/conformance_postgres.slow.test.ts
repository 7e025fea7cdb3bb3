import { describe } from 'vitest'
import { needs } from '../harness/needs.ts'
import { lacksPostgres } from '../harness/postgres.ts'
import { postgres } from '../harness/store_engines.ts'
import { keepsKinds } from './keeps_kinds.ts'
import { keepsRows } from './keeps_rows.ts'

describe('postgres', needs(lacksPostgres), keepsRows(postgres()))
describe('postgres, of shares and news', needs(lacksPostgres), keepsKinds(postgres()))
