/** Longest pattern of a subscription. */
export const longestPattern = 200;

/** Whether a text fits a pattern in which `*` stands for any characters, also none. */
export function fitsPattern(pattern: string, text: string): boolean {
	let at = 0;
	let next = 0;
	let star = -1;
	let tried = 0;
	while (at < text.length) {
		if (pattern[next] === '*') {
			star = next;
			tried = at;
			next += 1;
		} else if (pattern[next] === text[at]) {
			next += 1;
			at += 1;
		} else if (star >= 0) {
			// The last star takes one character more; those before it need not change.
			tried += 1;
			at = tried;
			next = star + 1;
		} else return false;
	}
	while (pattern[next] === '*') next += 1;
	return next === pattern.length;
}
