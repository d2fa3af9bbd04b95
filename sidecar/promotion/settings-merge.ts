import { own } from './own';

export type Settings = Record<string, unknown>;

/**
 * n8n cannot forget these. What it does when a workflow has none is written in place of taking them
 * away; it means the same.
 */
const meansNone: Settings = {
	executionOrder: 'v0',
	saveExecutionProgress: false,
	saveManualExecutions: true,
	saveDataErrorExecution: 'all',
	saveDataSuccessExecution: 'all',
	callerPolicy: 'workflowsFromSameOwner',
	callerIds: '',
	availableInMCP: false,
};

export interface SettingsToSend {
	send: Settings;
	/** How they read afterwards. */
	after: Settings;
	/** Names not wanted that cannot be made to go. */
	staying: string[];
}

/** n8n merges settings key by key: those not wanted are sent with the value that makes them go. */
export function settingsToSend(
	wanted: Settings,
	current: Settings,
	reset: Settings,
): SettingsToSend {
	const send = { ...wanted };
	const after = { ...wanted };
	const staying: string[] = [];
	for (const [name, value] of Object.entries(current)) {
		if (Object.hasOwn(wanted, name)) continue;
		const forgotten = own(reset, name);
		if (forgotten !== undefined) {
			send[name] = forgotten;
			continue;
		}
		const none = own(meansNone, name);
		if (none === undefined) staying.push(name);
		send[name] = after[name] = none ?? value;
	}
	return { send, after, staying };
}

/**
 * Puts back what we changed and leaves what somebody else has: a value is ours when it is the one we wrote.
 * (Settings have no versions in n8n, so this is all that can be known.)
 */
export function putBackSettings(before: Settings, written: Settings, now: Settings): Settings {
	const names = new Set([before, written, now].flatMap(Object.keys));
	return Object.fromEntries(
		[...names].flatMap((name) => {
			const value = putBack(before[name], written[name], now[name]);
			return value === undefined ? [] : [[name, value] as const];
		}),
	);
}

/** The same for one value. */
export function putBack<T>(before: T, written: T, now: T): T {
	return JSON.stringify(now) === JSON.stringify(written) ? before : now;
}
