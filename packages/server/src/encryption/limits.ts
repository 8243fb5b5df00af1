/**
 * Messages under one derived key. With random nonces of 96 bits, two of 2^20 are the same with a probability of 2^-57; over
 * 2^44 messages of one key of the ring, in 2^24 derived keys, it stays below 2^-32.
 */
export const MESSAGES_PER_DERIVED_KEY_MAX: number = 2 ** 20;

/** Derived keys held for reading, the oldest makes room: a process that writes begins a few a day. */
export const DERIVED_KEYS_HELD_MAX = 512;

/** A key is 45 bytes as text: larger files are none of ours. */
export const KEY_FILE_BYTES_MAX: number = 256 * 1024;
export const KEYS_MAX = 1_000;
export const KEY_ID_CHARS_MAX = 64;

/** Ciphertexts are only inflated once they are known to be ours; this bounds what a fault of ours could cost. */
export const OPENED_BYTES_MAX: number = 16 * 1024 * 1024;

/** Keys remembered as used, in control.json; the oldest makes room. */
export const USED_KEYS_MAX = 100;
