import { idField } from '../../fields';

export const tenantField = {
	...idField('tenant', 'Tenant'),
	placeholder: 'customer-17',
	description: 'Whoever the work is for, as the Rate Limit nodes name it',
};
