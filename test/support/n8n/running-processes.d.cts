/** True while the process does something: one that has ended but was not collected does not count. */
export declare function isRunning(pid: number): boolean;

/** The ids of the running processes of a group; without /proc only the group's own id. */
export declare function groupMembers(group: number): number[];
