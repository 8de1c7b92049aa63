package dev.sluice.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.attacks.RawConnection.Received;
import java.io.IOException;
import java.util.List;

/** The attacks over HTTP. */
final class HttpAttacks {
    private HttpAttacks() {}

    static List<Attack> all() {
        return List.of(new Attack("not HTTP", "10 bytes and an empty line", HttpAttacks::notHttp));
    }

    private static String notHttp(AttackedProcess target) throws IOException {
        Received answer = target.send("0123456789\r\n\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.closed()).isTrue();
        return answer.toString();
    }
}
