package dev.sluice.backend.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamTokenCodecTest {
    private static final JobId JOB = new JobId("job-1");
    private static final Instant ISSUED = Instant.parse("2026-11-28T12:00:00Z");
    private static final StreamTokenCodec CODEC = new StreamTokenCodec("a secret of the processes of this fleet");
    private static final StreamToken TOKEN = new StreamToken(
            JOB, 3, ISSUED, Duration.ofSeconds(3600), CODEC.binding("media-1", Optional.of("ann@example.com")));

    @Test
    void processWithSameSecretAcceptsToken() {
        assertThat(new StreamTokenCodec("a secret of the processes of this fleet").decode(JOB, CODEC.encode(TOKEN)))
                .contains(TOKEN);
    }

    @Test
    void rejectsTokenOfAnotherJobOrSecret() {
        assertThat(CODEC.decode(new JobId("job-2"), CODEC.encode(TOKEN))).isEmpty();
        assertThat(new StreamTokenCodec("another secret of some other fleet").decode(JOB, CODEC.encode(TOKEN)))
                .isEmpty();
    }

    @Test
    void rejectsTokenWithAnyOtherCharacter() {
        String token = CODEC.encode(TOKEN);
        // The last character has bits that are not part of the token.
        for (int i = 0; i < token.length() - 1; i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(CODEC.decode(JOB, token.substring(0, i) + other + token.substring(i + 1)))
                    .as("character " + i)
                    .isEmpty();
        }
        for (String invalid : new String[] {"", "A", token + "AAAA", token.substring(4), "\u00e4", token + "="}) {
            assertThat(CODEC.decode(JOB, invalid)).as(invalid).isEmpty();
        }
    }

    @Test
    void expires() {
        assertThat(TOKEN.isExpired(ISSUED)).isFalse();
        assertThat(TOKEN.isExpired(ISSUED.plusSeconds(3599))).isFalse();
        assertThat(TOKEN.isExpired(ISSUED.plusSeconds(3600))).isTrue();
    }

    @Test
    void isBoundToMediaItemAndOwner() {
        assertThat(TOKEN.isBoundTo(CODEC, "media-1", Optional.of("ann@example.com")))
                .isTrue();
        assertThat(TOKEN.isBoundTo(CODEC, "media-2", Optional.of("ann@example.com")))
                .isFalse();
        assertThat(TOKEN.isBoundTo(CODEC, "media-1", Optional.of("bob"))).isFalse();
        assertThat(TOKEN.isBoundTo(CODEC, "media-1", Optional.empty())).isFalse();
        assertThat(CODEC.binding("ab", Optional.of("c"))).isNotEqualTo(CODEC.binding("a", Optional.of("bc")));
    }
}
