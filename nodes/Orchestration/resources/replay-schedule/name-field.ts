import { idField } from '../../fields';

export const scheduleField = {
	...idField('scheduleName', 'Schedule'),
	placeholder: 'nightly-transient',
	description: 'Name of the schedule, chosen by you',
};
