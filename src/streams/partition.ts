/**
 * Kafka's default partitioner for records with a key: murmur2 of its UTF-8 bytes, made positive, modulo the number of
 * partitions. Source: Kafka protocol guide and the Java client's BuiltInPartitioner; murmur2 is Austin Appleby's, seed
 * 0x9747b28c.
 * @param partitions number of partitions of the topic, at least 1.
 */
export function partitionOf(key: string | Uint8Array, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key, 'utf8') : key) & 0x7fffffff) % partitions
}

const seed = 0x9747b28c
const factor = 0x5bd1e995

/** 32-bit murmur2 of the bytes, as a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const whole = bytes.length & ~3
  let hash = seed ^ bytes.length
  for (let i = 0; i < whole; i += 4) {
    let word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    word = Math.imul(word, factor)
    word ^= word >>> 24
    hash = Math.imul(hash, factor) ^ Math.imul(word, factor)
  }
  const rest = bytes.length - whole
  if (rest === 3) hash ^= bytes[whole + 2] << 16
  if (rest >= 2) hash ^= bytes[whole + 1] << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole], factor)
  hash = Math.imul(hash ^ (hash >>> 13), factor)
  return hash ^ (hash >>> 15)
}
