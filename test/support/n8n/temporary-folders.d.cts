/**
 * A new temporary folder, removed when this process ends; inside jest, where no test sees the end
 * of the process, by the next process that asks for one.
 */
export declare function ownTemporaryFolder(what: string): string;

/** The one temporary folder of that name of this process, the same at each call. */
export declare function sharedTemporaryFolder(what: string): string;

/** Removes the temporary folders of processes that are gone. */
export declare function removeStaleFolders(): void;
