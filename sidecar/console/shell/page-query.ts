import { environmentFilter } from './environment-filter';

/** What every list asks: one page of it, of the environment that is looked at. */
export function pageQuery(cursor: string | undefined) {
	return {
		limit: 100,
		...(cursor && { cursor }),
		...(environmentFilter.value && { environment: environmentFilter.value }),
	};
}
