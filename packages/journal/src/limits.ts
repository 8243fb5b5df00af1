/** The largest record; a length beyond it marks a frame as damaged. Bounds what a reader must hold at once. */
export const RECORD_BYTES_MAX: number = 16 * 1024 * 1024;

/** A file is left for the next one at this size, so that disk is given back in pieces. */
export const FILE_BYTES_MAX: number = 64 * 1024 * 1024;

/** A journal is at least this many files when full: the files at either end are let go late. */
export const FILES_WHEN_FULL_MIN = 4;

/** Accepted and not yet on disk: bounds memory while the disk is slow. Beyond it an append is refused as `full`. */
export const PENDING_BYTES_MAX: number = 64 * 1024 * 1024;

/** One write and sync takes about this much, so that nobody waits behind a group of unlimited size. */
export const GROUP_BYTES_MAX: number = 4 * 1024 * 1024;

/** Syncs start at least this far apart while they are shared: under load it saves CPU, a lone caller never waits. */
export const GROUP_SPACING_MS = 2;

/** What a reader asks of the disk at once: little when it follows closely, much when it is behind. */
export const READ_BYTES_MIN: number = 64 * 1024;
export const READ_BYTES_MAX: number = 1024 * 1024;
