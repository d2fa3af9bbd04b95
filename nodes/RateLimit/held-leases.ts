import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/** Leases of this execution, by key; kept with it, so that Release Lease needs no ids. */
export function heldLeases(context: IExecuteFunctions) {
	const flow = context.getContext('flow') as IDataObject;
	const store = (flow['concurrencyLeases'] ??= {}) as Record<string, string[]>;
	return {
		add: (key: string, ids: string[]) => {
			store[key] = [...(store[key] ?? []), ...ids];
		},
		of: (key: string) => store[key] ?? [],
		drop: (key: string, ids: string[]) => {
			store[key] = (store[key] ?? []).filter((id) => !ids.includes(id));
		},
	};
}
