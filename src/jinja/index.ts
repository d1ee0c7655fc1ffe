/**
 * Jinja: the template language of Proton bundles, with Python's semantics and with positions (pure).
 *
 * Lives here: lexer, parser, evaluator, sandbox, limits, source map, the question which names a template reads.
 * Never here: files, clocks beyond the time limit, Proton's schema. Callers bring text and data.
 */
