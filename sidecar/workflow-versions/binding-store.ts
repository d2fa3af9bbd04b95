import type { Binding } from './version';

/** Port of which id a workflow has in which environment. Storage implements it. */
export interface BindingStore {
	/** The key of a workflow; a first sight makes `newKey` its key. Safe when many ask at once. */
	keyFor(environment: string, workflowId: string, newKey: string): Promise<string>;
	findBinding(workflowKey: string, environment: string): Promise<Binding | null>;
	findKey(environment: string, workflowId: string): Promise<string | null>;
	bindingsIn(environment: string): Promise<Binding[]>;
	/** Whatever either side was bound to before is free afterwards. */
	bind(binding: Binding): Promise<void>;
	/** As `bind`, but only where both sides are free. */
	bindFree(binding: Binding): Promise<void>;
	/** Takes away this very binding; another one of the same workflow stays. */
	unbind(binding: Binding): Promise<void>;
}
