import type { Clock } from '../../kernel/clock';
import { isOrchestrationError, OrchestrationError } from '../../kernel/errors';
import type { EngineMemory } from '../port/connection';
import type { WorkflowDefinitions } from '../port/definitions';
import { deleteCredential } from './credential-endpoints';
import type { EngineLog } from './engine-log';
import { loadRunner, saveRunner, type RunnerState } from './runner-memory';
import { removeRunner, withNewKeys } from './runner-parts';
import { isRunnerGraph, runnerName, runnerWorkflow } from './runner-workflow';
import type { N8nTransport } from './transport';

const registrationDeadlineMs = 30_000;
const pollMs = 100;
/** n8n keeps the headers of each call with the execution, so a key must not stay good for long. */
const keyLifetimeMs = 86_400_000;
/** One that was changed since answers with an error, and is repaired then. */
const intactForMs = 5_000;

export interface RunnerInstallationOptions {
	transport: N8nTransport;
	definitions: WorkflowDefinitions;
	memory: EngineMemory;
	clock: Clock;
	/** Unguessable text, at least 32 characters. */
	newSecret: () => string;
	log: EngineLog;
}

/**
 * Keeps one working runner workflow in an n8n instance. Every installation and repair gives it a
 * new webhook path: only when that answers is the new definition known to be the one that runs.
 */
export class RunnerInstallation {
	private pending: Promise<RunnerState> | null = null;
	private seenIntact = { path: '', at: 0 };

	constructor(private readonly options: RunnerInstallationOptions) {}

	/** The runner, installed or repaired first where needed. */
	async ensure(): Promise<RunnerState> {
		return await this.once(async () => await this.ensureOnce());
	}

	/** For a runner that n8n does not let us use, say because its credential was changed. */
	async renew(broken: RunnerState): Promise<RunnerState> {
		this.seenIntact = { path: '', at: 0 };
		return await this.once(async () => {
			const current = await this.known();
			// Somebody else has renewed it meanwhile.
			if (current !== null && current.path !== broken.path) return await this.ensureOnce();
			return (await this.rekey(broken)) ?? (await this.install(broken));
		});
	}

	/** For a runner whose webhook n8n does not know (yet). @throws engine_timeout */
	async settle(unknown: RunnerState): Promise<RunnerState> {
		this.seenIntact = { path: '', at: 0 };
		const state = await this.ensure();
		return state.path === unknown.path ? await this.untilRegistered(state) : state;
	}

	/** The runner as remembered, whether it works or not. */
	async known(): Promise<RunnerState | null> {
		return await loadRunner(this.options.memory);
	}

	/** Several calls at once share one installation. */
	private async once(work: () => Promise<RunnerState>): Promise<RunnerState> {
		this.pending ??= work().finally(() => {
			this.pending = null;
		});
		return await this.pending;
	}

	private async ensureOnce(): Promise<RunnerState> {
		const state = await this.known();
		if (state === null) return await this.install(null);
		if (await this.isIntact(state)) return state;
		return (await this.rekey(state)) ?? (await this.install(state));
	}

	private async isIntact(state: RunnerState): Promise<boolean> {
		const { clock, definitions } = this.options;
		const age = clock.now().getTime() - Date.parse(state.keyedAt);
		if (!(age < keyLifetimeMs)) return false;
		const now = clock.now().getTime();
		const { path, at } = this.seenIntact;
		if (path === state.path && now >= at && now - at < intactForMs) return true;
		try {
			const { live } = await definitions.get(state.workflowId);
			const isIntact = live !== null && isRunnerGraph(live.graph, state);
			if (isIntact) this.seenIntact = { path: state.path, at: now };
			return isIntact;
		} catch (error) {
			if (isOrchestrationError(error, 'workflow_not_found')) return false;
			throw error;
		}
	}

	/** Gives the workflow that is there its definition back, with new keys; null when it is gone. */
	private async rekey(state: RunnerState): Promise<RunnerState | null> {
		const { definitions, log, memory, transport } = this.options;
		try {
			if ((await definitions.get(state.workflowId)).archived) return null;
		} catch (error) {
			if (isOrchestrationError(error, 'workflow_not_found')) return null;
			throw error;
		}
		const { workflowId } = state;
		const renewed = await withNewKeys(this.options, async (keys) => {
			const { draftVersionId } = await definitions.saveDraft(workflowId, runnerWorkflow(keys));
			await definitions.publish(workflowId, draftVersionId);
			return { ...keys, workflowId };
		});
		await saveRunner(memory, renewed);
		const ready = await this.untilRegistered(renewed);
		await deleteCredential(transport, state.credentialId);
		log.info(this.factsOf(renewed), 'gave the runner workflow new keys');
		return ready;
	}

	private async install(broken: RunnerState | null): Promise<RunnerState> {
		const { definitions, memory, log } = this.options;
		const { versionId, ...state } = await withNewKeys(this.options, async (keys) => {
			const { id, draftVersionId } = await definitions.create(runnerWorkflow(keys));
			return { ...keys, workflowId: id, versionId: draftVersionId };
		});
		// Another sidecar may have installed one meanwhile: there must be one runner only, or a run
		// of the one would not be found by the other.
		const before = await this.known();
		if (before !== null && before.workflowId !== broken?.workflowId) {
			await removeRunner(this.options, state);
			return await this.ensureOnce();
		}
		await saveRunner(memory, state);
		await definitions.publish(state.workflowId, versionId);
		const ready = await this.untilRegistered(state);
		if (ready.workflowId !== state.workflowId) {
			await removeRunner(this.options, state);
			return ready;
		}
		if (broken !== null) await this.tidyUp(broken);
		log.info(this.factsOf(state), 'installed the runner workflow');
		return ready;
	}

	/** Waits until its webhook answers; gives the runner of another sidecar that took its place. */
	private async untilRegistered(state: RunnerState): Promise<RunnerState> {
		const { clock, definitions, transport } = this.options;
		const deadline = clock.now().getTime() + registrationDeadlineMs;
		for (;;) {
			const current = (await this.known()) ?? state;
			if (await definitions.probeWebhook({ method: 'POST', path: current.path })) {
				const settled = await this.known();
				if (settled === null || settled.path === current.path) return current;
			}
			if (clock.now().getTime() > deadline) {
				throw new OrchestrationError(
					'engine_timeout',
					`the workflow "${runnerName}" of environment "${transport.environment}" was published, ` +
						`but n8n did not register its webhook within ${registrationDeadlineMs} ms; look at ` +
						'it in the editor and at the log of n8n',
					{ details: this.factsOf(state) },
				);
			}
			await clock.sleep(pollMs);
		}
	}

	/** What is left of a broken runner must not keep the new one from working. */
	private async tidyUp(broken: RunnerState): Promise<void> {
		try {
			await removeRunner(this.options, broken);
		} catch (error) {
			if (!isOrchestrationError(error)) throw error;
			this.options.log.warn(
				{ ...this.factsOf(broken), code: error.code, reason: error.message },
				'could not remove the broken runner; remove it in n8n',
			);
		}
	}

	private factsOf({ workflowId, credentialId }: RunnerState): Record<string, string> {
		return { environment: this.options.transport.environment, workflowId, credentialId };
	}
}
