/**
 * The only door to cockatiel: the build replaces this file by a bundle of what it exports, because
 * a pack may not bring dependencies along. One bundle, so that its state is shared by all nodes.
 */
export {
	CircuitState,
	ConsecutiveBreaker,
	CountBreaker,
	DelegateBackoff,
	handleWhen,
	type IBreaker,
	retry,
} from 'cockatiel';
