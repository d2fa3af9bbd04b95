import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { LetterItem } from '../../../sidecar/contract/dead-letters';

/** Files of one letter; what is beyond stays in n8n, with name and size in the letter. */
const MOST_FILE_BYTES = 8 * 1024 * 1024;

type File = Pick<IBinaryData, 'mimeType' | 'fileName' | 'fileExtension' | 'fileSize'>;

function describe({ mimeType, fileName, fileExtension, fileSize }: IBinaryData): File {
	return {
		mimeType,
		...(fileName ? { fileName } : {}),
		...(fileExtension ? { fileExtension } : {}),
		...(fileSize ? { fileSize } : {}),
	};
}

/** Items for the operator to look at: files by name only. */
export function itemsToShow(items: INodeExecutionData[]): LetterItem[] {
	return items.map(({ json, binary }) => ({
		json,
		...(binary ? { binary: mapFiles(binary, describe) } : {}),
	}));
}

/**
 * Items a workflow can be started with again: files inside, since n8n may have deleted its own copy
 * by then.
 */
export async function itemsToRedeliver(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	itemIndex: number,
): Promise<LetterItem[]> {
	let room = MOST_FILE_BYTES;
	const letterItems: LetterItem[] = [];
	for (const { json, binary } of items) {
		const files: Record<string, unknown> = {};
		for (const [name, file] of Object.entries(binary ?? {})) {
			const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, file);
			const fits = bytes.byteLength <= room;
			if (fits) room -= bytes.byteLength;
			files[name] = fits
				? { ...describe(file), data: bytes.toString('base64') }
				: { ...describe(file), omitted: 'the files of one letter may be 8 MB in all' };
		}
		letterItems.push({ json, ...(binary ? { binary: files } : {}) });
	}
	return letterItems;
}

function mapFiles<T>(
	files: Record<string, IBinaryData>,
	change: (file: IBinaryData) => T,
): Record<string, T> {
	return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, change(file)]));
}
