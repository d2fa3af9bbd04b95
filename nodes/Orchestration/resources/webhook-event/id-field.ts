import { idField } from '../../fields';

export const webhookEventField = {
	...idField('eventId', 'Event ID'),
	placeholder: '={{ $json.eventId }}',
	description: 'The ID the sidecar gave it when it took it in',
};
