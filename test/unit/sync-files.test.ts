import { fileName, fileText, keyOfFile, readFileText } from '../../sidecar/sync/workflow-file';
import { fingerprint } from '../../sidecar/workflow-versions/fingerprint';
import { allFixtures } from './workflow-versions/fixtures';

/** The same with every object's fields the other way round. */
function turned<T>(value: T): T {
	if (Array.isArray(value)) return value.map(turned) as T;
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toReversed()
			.map(([key, field]) => [key, turned(field)]),
	) as T;
}

describe('the file of a workflow', () => {
	it.each(allFixtures().map((content) => [content.name, content] as const))(
		'of "%s" is one text, whatever the order of fields and nodes, and means the same',
		(_, content) => {
			const text = fileText(content);
			const shuffled = { ...turned(content), nodes: turned(content.nodes).toReversed() };
			expect(fileText(shuffled)).toBe(text);
			expect(fileText(readFileText(text))).toBe(text);
			expect(fingerprint(readFileText(text))).toEqual(fingerprint(content));
		},
	);

	it('is named by its workflow and ends with its key, which cannot lead out of the folder', () => {
		expect(fileName('Order: intake!', 'order-intake-9f3c21ab')).toBe(
			'order-intake--order-intake-9f3c21ab.json',
		);
		expect(fileName('日本', 'k')).toBe('workflow--k.json');
		for (const key of ['../../etc/passwd', 'a/b', '..', 'a b', 'a--b', 'ä%2F']) {
			const name = fileName('x', key);
			expect(name).toMatch(/^[\w%-]+\.json$/);
			expect(keyOfFile(name)).toBe(key);
		}
		expect(keyOfFile('mine.json')).toBeNull();
	});
});
