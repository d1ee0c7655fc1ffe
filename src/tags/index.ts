/**
 * Tags: keys and values on anything that has an ARN.
 *
 * Lives here: the rules for tags, storing them, what a new thing inherits. Never here: which things exist.
 */
export { checkTagKeys, checkTags, type TagRefusal, type Tags } from './tag.ts';
export { tagResource } from './tag-resource.ts';
export { tagsForget, tagsLock, tagsOf, tagsPut, tagsRemove } from './tag-store.ts';
