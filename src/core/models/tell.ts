/** Told what is being fitted, judged or looked at, how many such pieces are done, and of how many; nothing hangs on it. */
export type Tell = (what: string, done?: number, of?: number) => void
