/** Somebody's word on a sealed plan. One each; a later word of the same person replaces it. */
export interface Approval {
	approver: string;
	decision: 'approve' | 'reject';
	reason: string | null;
	planDigest: string;
	at: Date;
}
