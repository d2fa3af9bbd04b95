import type { IExecuteFunctions } from 'n8n-workflow';

interface Inner {
	additionalData?: { executionTimeoutTimestamp?: number };
}

/**
 * The context for a call of a sub-workflow that must not touch this execution: when a child waits,
 * n8n puts its caller to wait for good and resumes it with the first child that ends, so that the
 * results of all others are lost. With `until` n8n stops the child at that time.
 */
export function leftAlone(context: IExecuteFunctions, until?: number): IExecuteFunctions {
	const { additionalData } = context as Inner;
	const own: PropertyDescriptorMap = { putExecutionToWait: { value: async () => undefined } };
	if (until !== undefined && additionalData) {
		const value = Math.min(until, additionalData.executionTimeoutTimestamp ?? until);
		const executionTimeoutTimestamp = { value, enumerable: true };
		own['additionalData'] = { value: Object.create(additionalData, { executionTimeoutTimestamp }) };
	}
	return Object.create(context, own) as IExecuteFunctions;
}
