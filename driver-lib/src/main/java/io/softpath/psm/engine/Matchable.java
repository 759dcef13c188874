package io.softpath.psm.engine;

/** Something with a tag that may be in one {@link MatchList} of its {@link Pool}. */
abstract class Matchable {
    long tag;

    /** Which bits of the tag must agree; of a message all bits. */
    long selector;

    /** Its place in the pool that it is of. */
    int place;

    /** The places of its neighbours in the list. */
    int before;

    int after;

    /** The number of the list that it is in; 0 if in none. */
    int list;

    /** What {@link MatchHash} knows of it; {@link MatchHash#NOWHERE} if it is not in there. */
    int group = MatchHash.NOWHERE;

    long order;
    int chainBefore;
    int chainAfter;
}
