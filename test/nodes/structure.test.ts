import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { CircuitBreaker } from '../../nodes/CircuitBreaker/CircuitBreaker.node';
import { DeadLetter } from '../../nodes/DeadLetter/DeadLetter.node';
import { FanOut } from '../../nodes/FanOut/FanOut.node';
import { Orchestration } from '../../nodes/Orchestration/Orchestration.node';
import { resources } from '../../nodes/Orchestration/resources';
import { OrchestrationTrigger } from '../../nodes/OrchestrationTrigger/OrchestrationTrigger.node';
import { RateLimit } from '../../nodes/RateLimit/RateLimit.node';
import { Retry } from '../../nodes/Retry/Retry.node';

const nodes = [
	new CircuitBreaker(),
	new DeadLetter(),
	new FanOut(),
	new Orchestration(),
	new OrchestrationTrigger(),
	new RateLimit(),
	new Retry(),
].map((node) => node.description);
const { properties } = new Orchestration().description;

const operations = Object.entries(resources).flatMap(([resource, { operations: own }]) =>
	Object.entries(own).map(([value, operation]) => ({ resource, value, operation })),
);

const choices = (property: INodeProperties | undefined) =>
	(property?.options ?? []) as INodePropertyOptions[];

const selectorOf = (resource: string) =>
	properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.['resource']?.includes(resource),
	);

const shownFor = (resource: string, operation: string) =>
	properties.filter(
		({ displayOptions }) =>
			displayOptions?.show?.['resource']?.includes(resource) &&
			displayOptions.show['operation']?.includes(operation),
	);

/** All properties, also those in collections. */
function walk(list: INodeProperties[]): INodeProperties[] {
	return list.flatMap((property) => [
		property,
		...walk(
			(property.options ?? []).flatMap((option) => {
				if ('values' in option) return option.values;
				return 'type' in option ? [option] : [];
			}),
		),
	]);
}

it.each(nodes)('$displayName is what a node panel needs', (description) => {
	expect(description).toMatchObject({
		version: 1,
		...(description.group.includes('trigger') ? {} : { usableAsTool: true }),
		subtitle: expect.any(String) as string,
		documentationUrl: expect.stringMatching(/^https:/) as string,
		icon: { light: expect.any(String) as string, dark: expect.any(String) as string },
	});
	expect(description.credentials?.map(({ name }) => name)).toEqual([
		'orchestrationApi',
		'orchestrationOAuth2Api',
	]);
});

it.each(nodes)(
	'$displayName asks for nothing but its credential at first sight',
	({ name, properties: own }) => {
		if (name !== 'deadLetter') return;
		expect(walk(own).filter(({ required }) => required)).toEqual([]);
	},
);

it.each(Object.keys(resources))(
	'%s lists its operations by name, with a sensible first',
	(resource) => {
		const selector = selectorOf(resource);
		const names = choices(selector).map(({ name }) => name);

		expect(names).toEqual([...names].sort());
		expect(choices(selector).map(({ value }) => value)).toContain(selector?.default);
		expect(['discard', 'rollback', 'apply']).not.toContain(selector?.default);
	},
);

it.each(operations)(
	'$resource $value is routed, labelled and shows its fields only there',
	(each) => {
		const { resource, value, operation } = each;
		const choice = choices(selectorOf(resource)).find((option) => option.value === value);

		expect(choice).toMatchObject({
			name: operation.name,
			action: operation.action,
			description: operation.description,
		});
		expect(operation.execute).toBeInstanceOf(Function);
		const shown = shownFor(resource, value);
		expect(shown.map(({ name }) => name).sort()).toEqual(
			operation.fields.map(({ name }) => name).sort(),
		);
		for (const field of shown) {
			expect(field.displayOptions?.show).toMatchObject({
				resource: [resource],
				operation: [value],
			});
		}
	},
);

it.each(nodes)(
	'$displayName says in every field what it is, without a full stop at the end of one sentence',
	({ properties: own }) => {
		for (const { description, displayName, type, default: initial } of walk(own)) {
			expect(displayName).not.toBe('');
			expect(initial).toBeDefined();
			if (type === 'boolean') expect(description).toMatch(/^Whether /);
			const sentences = description?.split('. ') ?? [];
			if (sentences.length === 1) expect(description).not.toMatch(/\.$/);
		}
	},
);

it.each(nodes)('$displayName sorts the options of its collections', ({ properties: own }) => {
	for (const property of walk(own).filter(({ type }) => type === 'collection')) {
		const names = (property.options as INodeProperties[]).map(({ displayName }) => displayName);
		expect(names).toEqual([...names].sort());
	}
});

it('offers only list searches that exist', () => {
	const { methods } = new Orchestration();
	const asked = walk(properties).flatMap(({ modes }) =>
		(modes ?? []).map(({ typeOptions }) => typeOptions?.searchListMethod),
	);
	for (const name of asked.filter((each) => each !== undefined)) {
		expect(Object.keys(methods.listSearch)).toContain(name);
	}
	expect(asked).toContain('searchWorkflows');
});
