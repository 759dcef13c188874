/**
 * The page ledger: what the Linux kernel of 2005 and 2006 keeps of each page that a driver maps
 * into user processes, and what it does with it by the rules of each era ({@link
 * io.softpath.ledger.Era}, {@link io.softpath.ledger.Rule}). Page frames with their reference
 * counts, blocks of pages, areas with their VM_ flags, address spaces; every event in plain words
 * with the rule behind it.
 *
 * <p>Pure and deterministic: no thread, file or clock. An object belongs to whoever made it, one
 * thread at a time. The daemon keeps one {@link io.softpath.ledger.Ledger} for each unit beside the
 * real memory; {@link io.softpath.ledger.lab} runs all combinations of policies and eras through
 * it.
 *
 * <p>The rules are those that the discussion of the ipath driver on the Linux kernel list in March
 * 2006 and the kernels of that time give; what follows from them but is in no source is marked as
 * inferred wherever it is printed.
 */
package io.softpath.ledger;
