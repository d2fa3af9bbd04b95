/**
 * Runs `work` while holding the lock `folder` (made and removed here); waits for another holder
 * first, as long as that one is alive. `onWait` is called once when it has to wait.
 */
export declare function withFolderLock<T>(
	folder: string,
	work: () => Promise<T>,
	onWait?: () => void,
): Promise<T>;

/** True when a process with this id runs, whoever owns it. */
export declare function isAlive(pid: number): boolean;

/** The text of a file, or undefined when there is none. */
export declare function readIfThere(file: string): string | undefined;
