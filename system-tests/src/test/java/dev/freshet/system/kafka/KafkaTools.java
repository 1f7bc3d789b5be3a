package dev.freshet.system.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Does what a command line of Kafka's own tools does, whose program is in no artifact of these tests: an option that is not
 * known here is an error, so that nothing of a documented line is left out.
 */
final class KafkaTools {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern PASSWORD = Pattern.compile("SCRAM-SHA-512=\\[password=(.*)]");

    private final String tool;
    private final Map<String, List<String>> options = new HashMap<>();

    private KafkaTools(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line.strip());
        while (matcher.find()) {
            words.add(Optional.ofNullable(matcher.group(1)).orElseGet(() -> matcher.group(2)));
        }
        this.tool = words.get(0);
        for (int i = 1; i < words.size(); i++) {
            boolean value = i + 1 < words.size() && !words.get(i + 1).startsWith("--");
            List<String> values = options.computeIfAbsent(words.get(i), name -> new ArrayList<>());
            if (value) {
                values.add(words.get(++i));
            }
        }
    }

    static void run(Admin admin, String line) throws ExecutionException, InterruptedException {
        KafkaTools command = new KafkaTools(line);
        command.take("--bootstrap-server");
        switch (command.tool) {
            case "kafka-topics.sh" ->
                admin.createTopics(List.of(command.topic())).all().get();
            case "kafka-acls.sh" -> admin.createAcls(command.acls()).all().get();
            case "kafka-configs.sh" -> command.alter(admin);
            default -> throw new IllegalArgumentException(line);
        }
        if (!command.options.isEmpty()) {
            throw new IllegalArgumentException("not known: " + command.options + " of " + line);
        }
    }

    /** The entries that a line of {@code kafka-acls.sh} adds. */
    static List<AclBinding> acls(String line) {
        KafkaTools command = new KafkaTools(line);
        command.take("--bootstrap-server");
        return command.acls();
    }

    private List<String> take(String option) {
        List<String> values = options.remove(option);
        if (values == null) {
            throw new IllegalArgumentException(tool + " lacks " + option);
        }
        return values;
    }

    private NewTopic topic() {
        take("--create");
        NewTopic topic = new NewTopic(
                take("--topic").get(0),
                Integer.parseInt(take("--partitions").get(0)),
                Short.parseShort(take("--replication-factor").get(0)));
        Map<String, String> configs = new HashMap<>();
        if (options.containsKey("--config")) {
            take("--config").forEach(pair -> configs.put(pair.split("=", 2)[0], pair.split("=", 2)[1]));
        }
        return topic.configs(configs);
    }

    private List<AclBinding> acls() {
        take("--add");
        String principal = take("--allow-principal").get(0);
        PatternType pattern = options.containsKey("--resource-pattern-type")
                ? PatternType.valueOf(take("--resource-pattern-type").get(0).toUpperCase(Locale.ROOT))
                : PatternType.LITERAL;
        List<ResourcePattern> resources = new ArrayList<>();
        if (options.containsKey("--topic")) {
            take("--topic").forEach(name -> resources.add(new ResourcePattern(ResourceType.TOPIC, name, pattern)));
        }
        if (options.containsKey("--group")) {
            take("--group").forEach(name -> resources.add(new ResourcePattern(ResourceType.GROUP, name, pattern)));
        }
        List<AclBinding> acls = new ArrayList<>();
        for (String operation : take("--operation")) {
            AclOperation which = AclOperation.fromString(operation.replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
            if (which.isUnknown()) {
                throw new IllegalArgumentException(operation);
            }
            resources.forEach(resource -> acls.add(
                    new AclBinding(resource, new AccessControlEntry(principal, "*", which, AclPermissionType.ALLOW))));
        }
        return acls;
    }

    private void alter(Admin admin) throws ExecutionException, InterruptedException {
        take("--alter");
        String type = take("--entity-type").get(0);
        String name = take("--entity-name").get(0);
        String config = take("--add-config").get(0);
        Matcher password = PASSWORD.matcher(config);
        if (type.equals("users") && password.matches()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password.group(1))))
                    .all()
                    .get();
        } else if (type.equals("clients")) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, name)),
                            List.of(new ClientQuotaAlteration.Op(
                                    config.split("=", 2)[0], Double.valueOf(config.split("=", 2)[1]))))))
                    .all()
                    .get();
        } else {
            throw new IllegalArgumentException(type + " " + config);
        }
    }
}
