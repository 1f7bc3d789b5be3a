package dev.freshet.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.config.HostPort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpServerTest {

    private static final HostPort FREE = new HostPort("127.0.0.1", 0);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static HttpResponse<String> get(HttpServer server, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.address() + path)).build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void healthTellsOfEachPartAndWhyItIsNotReady() throws Exception {
        Health.Part standby = new Health.Part("listener", "standby", true, List.of());
        Health.Part waiting = new Health.Part("writer", "waiting", true, List.of("Redis is \"away\""));
        try (HttpServer server = HttpServer.start(FREE, List.of(new HealthRoutes(() -> List.of(standby, waiting))))) {
            HttpResponse<String> ready = get(server, "/health/ready");

            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
            JsonNode told = JsonMapper.builder().build().readTree(ready.body());
            assertThat(told.path("status").asText()).isEqualTo("not ready");
            assertThat(told.path("reasons")).hasSize(1);
            assertThat(told.at("/reasons/0").asText()).isEqualTo("Redis is \"away\"");
            assertThat(told.at("/parts/listener/ready").asBoolean()).isTrue();
            assertThat(told.at("/parts/listener/role").asText()).isEqualTo("standby");
            assertThat(told.at("/parts/writer/ready").asBoolean()).isFalse();
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPartThatOnlyANewProcessMendsIsNotLive() throws Exception {
        Health.Part broken = new Health.Part("writer", "stopped", false, List.of("the writer has stopped"));
        try (HttpServer server = HttpServer.start(FREE, List.of(new HealthRoutes(() -> List.of(broken))))) {
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(503);
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void whatGoesWrongIsNotRepeatedToTheCaller() throws Exception {
        Routes failing = server -> server.routes.get("/s3cret", context -> {
            throw new IllegalStateException("s3cret");
        });
        try (HttpServer server = HttpServer.start(FREE, List.of(failing))) {
            assertThat(get(server, "/s3cret").statusCode()).isEqualTo(500);
            assertThat(get(server, "/s3cret").body()).isEqualTo("failed\n");
            assertThat(get(server, "/other?s3cret").statusCode()).isEqualTo(404);
            assertThat(get(server, "/other?s3cret").body()).isEqualTo("refused\n");
            assertThat(get(server, "/s3cret").headers().firstValue("Server")).isEmpty();
        }
    }

    @Test
    void anAddressThatIsTakenOrIsNoneIsTold() {
        try (HttpServer first = HttpServer.start(FREE, List.of())) {
            HostPort taken = new HostPort("127.0.0.1", first.address().getPort());

            assertThatThrownBy(() -> HttpServer.start(taken, List.of()))
                    .isInstanceOf(AddressTakenException.class)
                    .hasMessageContaining("cannot listen at " + taken)
                    .hasMessageContaining("choose another address");
        }
        assertThatThrownBy(() -> HttpServer.start(new HostPort("no.such.host.invalid", 0), List.of()))
                .isInstanceOf(AddressTakenException.class)
                .hasMessageContaining("cannot listen at no.such.host.invalid:0");
        // Reserved for documentation: no machine has it.
        assertThatThrownBy(() -> HttpServer.start(new HostPort("192.0.2.1", 0), List.of()))
                .isInstanceOf(AddressTakenException.class)
                .hasMessageContaining("192.0.2.1:0");
    }
}
