import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

const DEFAULT_FIELD = 'rateLimit';

/** Adds why an item was refused under the one field chosen in Options; nothing when that is empty. */
export function refusalWriter(context: IExecuteFunctions) {
	const { stateField = DEFAULT_FIELD } = context.getNodeParameter('options', 0, {}) as {
		stateField?: string;
	};
	const field = stateField.trim();
	return (json: IDataObject, facts: IDataObject): IDataObject =>
		field === '' ? json : { ...json, [field]: facts };
}
