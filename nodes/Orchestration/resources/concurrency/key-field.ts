import { idField } from '../../fields';

export const concurrencyKey = {
	...idField('concurrencyKey', 'Key'),
	placeholder: 'billing-api',
	description: 'As the Rate Limit nodes name it that take leases',
};
