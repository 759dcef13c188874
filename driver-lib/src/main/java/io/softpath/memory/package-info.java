/**
 * Regions as mapped memory: the rules of each kind in one table ({@link
 * io.softpath.memory.RegionRule}), the daemon's end ({@link io.softpath.memory.RegionFile}) and the
 * user's end ({@link io.softpath.memory.Mapper}, {@link io.softpath.memory.Mapping}), and the one
 * bridge to Agrona's buffers ({@link io.softpath.memory.AgronaView}).
 *
 * <p>It starts no thread. What a mapping admits is decided by its arena: a user's arena is shared
 * by the threads of the process, the daemon's is confined to its duty cycle.
 */
package io.softpath.memory;
