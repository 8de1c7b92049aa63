package dev.sluice.job;

/**
 * A job's id as its producer chose it: a UUID or any text of 1 to 255 characters without control characters.
 *
 * <p>It comes from outside, so nothing may use it as a file name: see {@code Workspace}.
 */
public record JobId(String value) {
    public static final int MAX_LENGTH = 255;

    public JobId {
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a job id has 1 to " + MAX_LENGTH + " characters, not " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a job id has no control characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
