import { idField } from '../../fields';

export const executionField = {
	...idField('executionId', 'Execution ID'),
	placeholder: '0198c0de-0000-7000-8000-000000000050',
	description: 'The ID the sidecar gave it, not the one in n8n',
};
