package dev.sluice.ffmpeg.process;

import dev.sluice.common.text.TextSanitizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Why FFmpeg failed, in the words of its own error output. Pure.
 *
 * @param kind whether it fails in the same way with the same file and the same command
 * @param text a sentence without its full stop, without paths and addresses
 */
record ErrorReason(Kind kind, String text) {
    /** Part of FFmpeg that failed. */
    enum Kind {
        /** A filter: its configuration, a conversion of colors or of a channel layout. */
        FILTER,
        /** An encoder or the container of an output. */
        ENCODER,
        /** Anything else; it may succeed next time. */
        OTHER
    }

    private static final int MAX_LENGTH = 200;

    private static final Pattern FILTER = Pattern.compile(
            "^\\[(?:Parsed_|auto_|AVFilterGraph|graph|SWR)[^]]*]|Error reinitializing filters|^\\[[av]f#[^]]*] \\[error] Error while"
                    + " filtering: Generic error");
    private static final Pattern ENCODER =
            Pattern.compile("Error while opening encoder|Could not write header|Unknown encoder|Unrecognized option"
                    + "|Error parsing options|Error initializing output stream|Error splitting the argument list");
    /** The host, not the file or the command. */
    private static final Pattern ENVIRONMENT = Pattern.compile(
            "Input/output error|No such file or directory|Permission denied|Resource temporarily unavailable");
    /** Lines that only say that something failed. */
    private static final Pattern CONSEQUENCE = Pattern.compile(
            "Task finished with error code|Terminating thread|Conversion failed|Could not open encoder before EOF"
                    + "|Nothing was written into output|Error sending frames to consumers|Error while filtering"
                    + "|Error reinitializing filters|Failed to configure|Error opening output file|maybe incorrect parameters"
                    + "|Could not write header|:$|\\] +\\d+$");

    private static final Pattern COMPONENT = Pattern.compile("^(?:\\[[^]]*] ?)*(?:\\w+ \\[error]: )?(?:code \\d+: )?");

    /** The reason in the retained lines; empty if they contain no error. */
    static Optional<ErrorReason> of(StderrLog stderr) {
        List<String> errors = stderr.lines().stream()
                .filter(line -> line.contains("[error]") || line.contains("[fatal]"))
                .toList();
        if (errors.stream().noneMatch(ENVIRONMENT.asPredicate())) {
            // An encoder that cannot be opened makes the filters fail, but not the other way round.
            int encoder = indexOf(errors, ENCODER.asPredicate());
            if (encoder >= 0 && stderr.contains(StderrLog.NO_FILTERED_FRAMES)) {
                // Encoders without a frame fail as a consequence; the output does not say of what.
                return Optional.empty();
            }
            if (encoder >= 0) {
                return Optional.of(new ErrorReason(
                        Kind.ENCODER,
                        lastCause(errors.subList(0, encoder)).orElseGet(() -> plain(errors.get(encoder)))));
            }
            int filter = indexOf(errors, FILTER.asPredicate());
            if (filter >= 0) {
                return Optional.of(new ErrorReason(Kind.FILTER, plain(errors.get(filter))));
            }
        }
        return lastCause(errors)
                .or(() -> errors.isEmpty() ? Optional.empty() : Optional.of(plain(errors.get(errors.size() - 1))))
                .map(text -> new ErrorReason(Kind.OTHER, text));
    }

    private static int indexOf(List<String> lines, Predicate<String> matches) {
        for (int i = 0; i < lines.size(); i++) {
            if (matches.test(lines.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static Optional<String> lastCause(List<String> errors) {
        return errors.stream()
                .filter(CONSEQUENCE.asPredicate().negate())
                .reduce((earlier, later) -> later)
                .map(ErrorReason::plain);
    }

    private static String plain(String line) {
        String text = Diagnostics.withoutPaths(COMPONENT.matcher(line).replaceFirst(""));
        return TextSanitizer.singleLine(text, MAX_LENGTH).strip().replaceFirst("[.!]+$", "");
    }
}
