/** What a resource locator or an expression in its place gives, as text; '' when that is nothing. */
export function located(parameter: unknown): string {
	const value =
		typeof parameter === 'object' && parameter !== null && 'value' in parameter
			? parameter.value
			: parameter;
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
