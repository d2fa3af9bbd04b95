/** The time of a workflow: in its sandbox `Date` tells the time of its history, the same in every replay. */
export const workflowNow = (): number => Date.now();
