/** Matching traces that one answer is made of, the newest: some 3 kB each while a page of them is held. */
export const ANALYSED_TRACES_MAX = 10_000;

/** The same for root causes, which are unpacked for each. */
export const ANALYSED_CAUSES_TRACES_MAX = 5_000;

/** Looked at for the words that completion offers. */
export const WORDS_TRACES_MAX = 1_000;

/** Rows of one read; between two reads the process does something else. */
export const ANALYSED_PAGE_ROWS = 500;

/** After this no further page is read. */
export const ANALYSIS_MS_MAX = 4_000;

/** Keys of annotations told of. */
export const ANNOTATION_KEYS_MAX = 100;

/** Values of one annotation, or of one keyword, that completion offers. */
export const WORD_VALUES_MAX = 50;

/** Names of services that completion offers. */
export const WORD_SERVICES_MAX = 500;

/** Longer values are offered to nobody: they would have to be typed. */
export const WORD_CHARS_MAX = 300;

/** Of each of two sets that are told apart; their root causes are unpacked. */
export const COMPARED_TRACES_MAX = 5_000;

/** For each of the two. */
export const COMPARED_MS_MAX = 4_000;

/** Values of one field, or root causes of one kind, that are counted apart; the first set may take half of them. */
export const COMPARED_VALUES_MAX = 2_000;

/** More different numbers than these are told apart in bands. */
export const PLAIN_NUMBERS_MAX = 12;

/** Few, so that each has traces enough to tell something for certain. */
export const NUMBER_BANDS = 5;
