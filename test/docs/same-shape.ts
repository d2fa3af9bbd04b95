/** Fields of answers that tell what happened, and so must be as the page says, not only alike. */
const telling = ['phase', 'state', 'status', 'code', 'action', 'ok', 'reachable', 'errorClass'];

/** Where an answer is unlike the one shown; empty when a reader would recognise it. */
export function differences(shown: unknown, answer: unknown, at = ''): string[] {
	if (shown === null || answer === null) return [];
	if (Array.isArray(shown) && Array.isArray(answer)) {
		const [first, given] = [shown[0] as unknown, answer[0] as unknown];
		return first === undefined || given === undefined ? [] : differences(first, given, `${at}[0]`);
	}
	if (isObject(shown) && isObject(answer)) {
		const names = new Set([...Object.keys(shown), ...Object.keys(answer)]);
		return [...names].flatMap((name) => {
			const place = at === '' ? name : `${at}.${name}`;
			if (!(name in shown)) return [`${place} is not shown`];
			if (!(name in answer)) return [`${place} is shown and does not come`];
			if (telling.includes(name) && typeof shown[name] !== 'object') {
				return shown[name] === answer[name]
					? []
					: [`${place} is shown as ${String(shown[name])} and comes as ${String(answer[name])}`];
			}
			return differences(shown[name], answer[name], place);
		});
	}
	return typeof shown === typeof answer && !Array.isArray(shown) && !Array.isArray(answer)
		? []
		: [`${at} is shown as ${kindOf(shown)} and comes as ${kindOf(answer)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
	return Array.isArray(value) ? 'array' : typeof value;
}
