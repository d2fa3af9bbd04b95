import type { IExecuteFunctions } from 'n8n-workflow';

/** For what must be done after a cancellation too: n8n aborts the requests of a cancelled execution. */
export function outliving(context: IExecuteFunctions): IExecuteFunctions {
	const signal = { value: () => undefined };
	return Object.create(context, { getExecutionCancelSignal: signal }) as IExecuteFunctions;
}
