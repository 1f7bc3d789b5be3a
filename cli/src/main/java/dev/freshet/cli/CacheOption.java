package dev.freshet.cli;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Spelling;
import dev.freshet.model.config.FreshetConfig;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which caches a command works on. */
final class CacheOption {

    @Option(names = "--cache", paramLabel = "CACHE", description = "Only this one, by its name in the file")
    private Optional<String> name = Optional.empty();

    boolean isNamed() {
        return name.isPresent();
    }

    /**
     * The caches that are meant, in the file's order.
     *
     * @throws CommandFailedException where there is none of the name
     */
    List<CacheMapping> of(FreshetConfig config) {
        if (name.isEmpty()) {
            return config.caches();
        }
        List<CacheMapping> named = config.caches().stream()
                .filter(cache -> cache.name().equals(name.get()))
                .toList();
        if (named.isEmpty()) {
            List<String> known =
                    config.caches().stream().map(CacheMapping::name).toList();
            String meant = Spelling.suggestion(name.get(), known);
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "--cache: there is no cache '" + name.get() + "'" + (meant.isEmpty() ? ";" : meant)
                            + " the file has: " + String.join(", ", known));
        }
        return named;
    }
}
