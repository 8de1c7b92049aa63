package dev.sluice.job;

import java.util.OptionalDouble;

/**
 * Loudness of the audio of a video as EBU R 128 and EBU Tech 3342 define it.
 *
 * @param integrated programme loudness, LUFS
 * @param range loudness range, LU
 * @param truePeak maximum true peak level, dBTP; empty if not known
 */
public record Loudness(double integrated, double range, OptionalDouble truePeak) {}
