package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StartCommandTest {
    @Test
    void quotesPathsForTheShell() {
        assertThat(StartCommand.shellQuote(Path.of("/home/ann/.sluice/sluice.json")))
                .isEqualTo("/home/ann/.sluice/sluice.json");
        assertThat(StartCommand.shellQuote(Path.of("/my videos/it's $1/s.json")))
                .isEqualTo("'/my videos/it'\\''s $1/s.json'");
    }
}
