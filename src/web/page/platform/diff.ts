// The package makes an object of each of its comparisons when it is loaded: of sentences, styles and JSON, too, which the page has not.
export { diffArrays } from '../../../../node_modules/diff/libesm/diff/array.js';
export { structuredPatch } from '../../../../node_modules/diff/libesm/patch/create.js';
