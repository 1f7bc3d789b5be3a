package dev.freshet.system.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the compose files name exists, and what they promise of each container they say of each. Needs no Docker. */
class ComposeFilesTest {

    private static final Path DOCKER = Shipped.ROOT.resolve("docker");
    private static final ComposeFile ALL = ComposeFile.read(DOCKER.resolve("compose.yaml"));
    private static final ComposeFile ATTACH = ComposeFile.read(DOCKER.resolve("compose.attach.yaml"));

    static Stream<ComposeFile> files() {
        return Stream.of(ALL, ATTACH);
    }

    @Test
    void nothingIsLeftOut() {
        assertThat(ALL.services().keySet())
                .containsExactlyInAnyOrder(
                        "postgres", "kafka", "redis", "setup", "listener", "writer", "demo", "prometheus", "grafana");
        assertThat(ATTACH.services().keySet()).containsExactlyInAnyOrder("listener", "writer");
        assertThat(ALL.own().keySet()).containsExactlyInAnyOrder("setup", "listener", "writer", "demo");
        assertThat(ATTACH.own()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("files")
    void ownContainersMayDoNoMoreThanTheyNeed(ComposeFile file) {
        file.own()
                .forEach((name, service) -> assertThat(service)
                        .describedAs("%s in %s", name, file.file())
                        .containsEntry("read_only", true)
                        .containsEntry("cap_drop", List.of("ALL"))
                        .containsEntry("security_opt", List.of("no-new-privileges:true"))
                        .containsKey("mem_limit")
                        .doesNotContainKeys("privileged", "user", "cap_add"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPortIsPublishedOnLoopbackOnly(ComposeFile file) {
        file.services()
                .forEach((name, service) -> assertThat(ComposeFile.list(service, "ports"))
                        .describedAs(name)
                        .allSatisfy(port -> assertThat(port).startsWith("127.0.0.1:")));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileVolumeAndTargetExists(ComposeFile file) {
        Set<String> targets = ComposeFile.targets(Shipped.text(DOCKER.resolve("Dockerfile")));
        file.services().forEach((name, service) -> {
            for (String volume : ComposeFile.list(service, "volumes")) {
                judgeVolume(file, ComposeFile.withDefaults(volume));
            }
            if (service.containsKey("build")) {
                Map<String, Object> build = ComposeFile.map(service.get("build"));
                Path context = DOCKER.resolve(String.valueOf(build.get("context")));
                assertThat(context.resolve(String.valueOf(build.get("dockerfile"))))
                        .isRegularFile();
                assertThat(targets).contains(String.valueOf(build.get("target")));
            }
        });
    }

    private static void judgeVolume(ComposeFile file, String volume) {
        String source = volume.substring(0, volume.indexOf(':'));
        if (source.startsWith(".")) {
            assertThat(DOCKER.resolve(source)).exists();
        } else if (!source.isEmpty()) {
            assertThat(file.volumes()).contains(source);
        }
    }

    @Test
    void whatOthersWaitForTellsItsHealthOrEnds() {
        Map<String, Map<String, Object>> services = ALL.services();
        services.forEach((name, service) -> {
            if (!service.containsKey("depends_on")) {
                return;
            }
            ComposeFile.map(service.get("depends_on")).forEach((other, how) -> {
                assertThat(services).describedAs(name).containsKey(other);
                String condition = String.valueOf(ComposeFile.map(how).get("condition"));
                // Freshet's own image tells its health by itself.
                Map<String, Object> awaited = ALL.service(other);
                boolean told = awaited.containsKey("healthcheck")
                        ? !Map.of("disable", true).equals(awaited.get("healthcheck"))
                        : awaited.containsKey("build");
                assertThat(condition).isEqualTo(told ? "service_healthy" : "service_completed_successfully");
            });
        });
        assertThat(Shipped.text(DOCKER.resolve("Dockerfile"))).contains("HEALTHCHECK");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyVariableHasADefaultOrSaysWhatToSet(ComposeFile file) {
        assertThat(file.variables()).isNotEmpty().doesNotContainValue(false);
    }

    @Test
    void theGuideKnowsEveryVariable() {
        Set<String> variables = new LinkedHashSet<>(ALL.variables().keySet());
        variables.addAll(ATTACH.variables().keySet());
        String guide = Shipped.text(Shipped.ROOT.resolve("docs/docker.md"));
        assertThat(variables).allSatisfy(name -> assertThat(guide).contains("`" + name + "`"));
    }

    @Test
    void theConfigurationReadsWithWhatEachOfItsContainersHas() {
        Path config = DOCKER.resolve("freshet.yml");
        Set<String> names = ALL.services().keySet();
        for (String service : List.of("setup", "listener", "writer")) {
            FreshetConfig read = ConfigFile.parse(config, ComposeFile.environment(ALL.service(service)))
                    .config();
            assertThat(names)
                    .contains(
                            host(read.redis().url().reveal()),
                            host(read.postgres().url()));
            assertThat(read.kafka().bootstrapServers()).contains("kafka:9092");
            assertThat(read.listener().http()).hasToString("0.0.0.0:8081");
            assertThat(read.writer().http()).hasToString("0.0.0.0:8082");
        }
    }

    private static String host(String url) {
        return url.replaceFirst("^.*//", "").replaceFirst("[:/].*$", "");
    }

    @Test
    void prometheusScrapesListenerAndWriter() {
        String path = ComposeFile.list(ALL.service("prometheus"), "command").stream()
                .filter(argument -> argument.startsWith("--config.file=/etc/prometheus/"))
                .findFirst()
                .orElseThrow()
                .replace("--config.file=/etc/prometheus/", "");
        JsonNode prometheus = Shipped.yaml(Shipped.PROMETHEUS.resolve(path));

        assertThat(prometheus.at("/rule_files"))
                .allSatisfy(file -> assertThat(Files.exists(Shipped.PROMETHEUS.resolve(file.asText())))
                        .isTrue());
        assertThat(prometheus.at("/scrape_configs/0/job_name").asText()).isEqualTo("freshet");
        assertThat(prometheus.at("/scrape_configs/0/static_configs/0/targets"))
                .extracting(JsonNode::asText)
                .containsExactly("listener:8081", "writer:8082");
    }
}
