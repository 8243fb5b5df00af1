/** See browser.mjs. */
export declare const BROWSER_ARGS: readonly string[];
export declare function findBrowser(): Promise<string>;
