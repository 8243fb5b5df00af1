/** The folder in which `require('chdb')` works; installs it there once. Throws, saying what is missing. */
export declare function findChdb(): string;
