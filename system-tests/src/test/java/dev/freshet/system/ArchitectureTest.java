package dev.freshet.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which module may use which, and where each driver stands. */
@AnalyzeClasses(packages = "dev.freshet", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String MODEL = "dev.freshet.model..";
    private static final String STORE = "dev.freshet.redis..";
    private static final String LISTENER = "dev.freshet.listener..";
    private static final String WRITER = "dev.freshet.writer..";
    private static final String CLIENT = "dev.freshet.client..";
    private static final String STACK = "dev.freshet.stack..";
    private static final String CLI = "dev.freshet.cli..";
    private static final String DEMO = "dev.freshet.demo..";

    private static final String[] DRIVERS = {
        "org.postgresql..", "java.sql..", "javax.sql..", "io.lettuce..", "org.apache.kafka..", "io.debezium.."
    };

    @ArchTest
    static final ArchRule modelKnowsOnlyJackson = classes()
            .that()
            .resideInAPackage(MODEL)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    MODEL,
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "java.math..",
                    "java.net..",
                    "java.nio..",
                    "java.io..",
                    "com.fasterxml.jackson..",
                    "org.jspecify..",
                    // The parser beneath Jackson's YAML: only its errors tell the line.
                    "org.yaml.snakeyaml.error..");

    @ArchTest
    static final ArchRule planTouchesNoDriver = noClasses()
            .that()
            .resideInAPackage("dev.freshet.writer.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DRIVERS);

    @ArchTest
    static final ArchRule planReadsNoClock = noClasses()
            .that()
            .resideInAPackage("dev.freshet.writer.plan..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule redisCommandsStandInTheStoreAlone = noClasses()
            .that(not(resideInAnyPackage(STORE)))
            // The demo's API stands for an application: it reads and fills with plain GET and SET, as users do.
            .and(not(resideInAnyPackage(DEMO)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    // A connection may be opened and closed elsewhere; every command goes through one of these.
                    "io.lettuce.core.api.sync..",
                    "io.lettuce.core.api.async..",
                    "io.lettuce.core.api.reactive..",
                    "io.lettuce.core.api.push..",
                    "io.lettuce.core.cluster.api..",
                    "io.lettuce.core.cluster.models..",
                    "io.lettuce.core.cluster.pubsub..",
                    "io.lettuce.core.pubsub..",
                    "io.lettuce.core.sentinel..",
                    "io.lettuce.core.dynamic..",
                    "io.lettuce.core.output..",
                    "io.lettuce.core.protocol..");

    @ArchTest
    static final ArchRule debeziumStandsInTheListenerAlone = noClasses()
            .that(not(resideInAnyPackage(LISTENER)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..");

    @ArchTest
    static final ArchRule modelStoreClientAndStackKnowNoKafkaClient = noClasses()
            .that()
            .resideInAnyPackage(MODEL, STORE, CLIENT, STACK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule modelUsesNoOtherModule = moduleUsesOnly(MODEL);

    @ArchTest
    static final ArchRule storeUsesModel = moduleUsesOnly(STORE, MODEL);

    @ArchTest
    static final ArchRule listenerUsesModel = moduleUsesOnly(LISTENER, MODEL);

    @ArchTest
    static final ArchRule writerUsesModelAndStore = moduleUsesOnly(WRITER, MODEL, STORE);

    @ArchTest
    static final ArchRule clientUsesModelAndStore = moduleUsesOnly(CLIENT, MODEL, STORE);

    @ArchTest
    static final ArchRule stackUsesModel = moduleUsesOnly(STACK, MODEL);

    @ArchTest
    static final ArchRule commandLineUsesAllButTheDemo =
            moduleUsesOnly(CLI, MODEL, STORE, LISTENER, WRITER, CLIENT, STACK);

    /** What judges reads would else be wrong where they are. */
    @ArchTest
    static final ArchRule theDemosJudgeSharesNoCodeWithWhatItJudges = classes()
            .that()
            .resideInAPackage("dev.freshet.demo.judge..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("dev.freshet.demo.judge..").or(not(resideInAnyPackage("dev.freshet.."))));

    @ArchTest
    static final ArchRule theDemosStrategiesKnowNothingOfTheJudge = noClasses()
            .that()
            .resideInAPackage("dev.freshet.demo.strategy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.freshet.demo.judge..", "dev.freshet.demo.arena..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.freshet.(**)").should().beFreeOfCycles();

    private static ArchRule moduleUsesOnly(String module, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = module;
        System.arraycopy(others, 0, allowed, 1, others.length);
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.freshet..").and(not(resideInAnyPackage(allowed))))
                .as("classes in " + module + " use of this project only " + String.join(", ", allowed));
    }
}
