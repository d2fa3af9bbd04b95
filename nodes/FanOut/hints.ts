import type { IExecuteFunctions } from 'n8n-workflow';

export function hint(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}
