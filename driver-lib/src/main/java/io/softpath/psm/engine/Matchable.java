package io.softpath.psm.engine;

/** Something with a tag in a {@link MatchList}. */
abstract class Matchable {
    long tag;

    /** Which bits of the tag must agree; of a message all bits. */
    long selector;

    Matchable before;
    Matchable after;

    /** The list that it is in; null if in none. */
    MatchList<?> list;
}
