/**
 * Bundles: what a template bundle is, what its schema asks for, and what it renders to (pure).
 *
 * Lives here: reading archives safely, the check, the parameter schema, specs, input resolution, rendering of parts.
 * Never here: SQL, cloud calls, which versions exist.
 */
export type { Bundle, BundleKind, Finding, PartName, ProvisioningMethod } from './bundle.ts';
