/** The system's Chromium; another one is named by HOLDOUT_CHROMIUM. */
export declare function findChromium(): string;
//# sourceMappingURL=find-chromium.d.ts.map
