export interface TableColumn {
	/** Of the slot that fills its cells. */
	name: string;
	title: string;
	/** The title is there for the ear only. */
	isTitleHidden?: boolean;
	/** 72, 112, 152 or 224 px; without it the column takes what is left. */
	width?: 'xs' | 's' | 'm' | 'l';
	align?: 'right';
	/** Not shown on a phone. */
	optional?: boolean;
}
