const prefix = 'fingerprint:';

/** Key of the open letter with that fingerprint. A letter that is over gives its key up. */
export const fingerprintKey = (fingerprint: string): string => `${prefix}${fingerprint}`;

export const isFingerprintKey = (dedupKey: string): boolean => dedupKey.startsWith(prefix);
