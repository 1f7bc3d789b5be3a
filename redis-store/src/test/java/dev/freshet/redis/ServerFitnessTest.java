package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerFitnessTest {

    @Test
    void aPrimaryOfVersion7IsFit() {
        assertThat(ServerFitness.unfit(
                        "h:1", "# Server\r\nredis_version:7.0.0\r\nrole:master\r\ncluster_enabled:0\r\n", false))
                .isEmpty();
        assertThat(ServerFitness.unfit("h:1", "redis_version:10.2\r\nrole:master\r\n", false))
                .isEmpty();
    }

    @Test
    void anOlderOneIsNot() {
        assertThat(ServerFitness.unfit("h:1", "redis_version:6.2.14\r\nrole:master\r\n", false))
                .hasValueSatisfying(why -> assertThat(why).contains("h:1", "6.2.14", "7.0"));
        assertThat(ServerFitness.unfit("h:1", "nothing known", false)).isPresent();
    }

    @Test
    void aReplicaOrClusterNodeIsNot() {
        assertThat(ServerFitness.unfit(
                        "h:1", "redis_version:7.2.1\r\nrole:slave\r\nmaster_host:p\r\nmaster_port:6\r\n", false))
                .hasValueSatisfying(why -> assertThat(why).contains("replica of p:6", "primary"));
        assertThat(ServerFitness.unfit("h:1", "redis_version:7.2.1\r\nrole:master\r\ncluster_enabled:1\r\n", false))
                .hasValueSatisfying(why -> assertThat(why).contains("write redis+cluster://"));
    }

    @Test
    void whereAClusterIsMeantOnlyItsNodesAre() {
        String node = "redis_version:7.2.1\r\nrole:master\r\n";
        assertThat(ServerFitness.unfit("h:1", node + "cluster_enabled:1\r\n", true))
                .isEmpty();
        assertThat(ServerFitness.unfit("h:1", node + "cluster_enabled:0\r\n", true))
                .hasValueSatisfying(why -> assertThat(why).contains("write redis://"));
    }
}
