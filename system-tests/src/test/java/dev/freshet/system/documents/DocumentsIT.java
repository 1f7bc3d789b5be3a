package dev.freshet.system.documents;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command of the documents is run as a reader would, against real servers, in the order of its document. */
@Tag("full")
class DocumentsIT {

    @TempDir
    private Path directory = Path.of("");

    static List<Document> documents() {
        return Document.all().stream().filter(Document::isTried).toList();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyCommandWorks(Document document) throws Exception {
        try (Sandbox sandbox = new Sandbox(directory)) {
            play(document, sandbox);
        }
    }

    private static void play(Document document, Sandbox sandbox) throws Exception {
        if (document.beginsAfter().isPresent()) {
            play(document.beginsAfter().get(), sandbox);
        }
        for (Block block : document.blocks()) {
            if (block.isTried()) {
                sandbox.play(block);
            }
        }
    }
}
