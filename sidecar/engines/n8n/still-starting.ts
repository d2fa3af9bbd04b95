/**
 * Whether n8n answers before it can work, so that nothing was started: HTTP 200 and one sentence while
 * it migrates its database, and Express's own 404 until its routes stand (seen in n8n 2.40).
 */
export function isStillStarting({ status, text }: { status: number; text: string }): boolean {
	if (status === 200) return text === 'n8n is starting up. Please wait';
	return status === 404 && /<pre>Cannot [A-Z]+ \//.test(text);
}
