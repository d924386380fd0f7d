#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("Maven is run by its wrapper, and Surefire's reports are read") {
    const auto library = only({{"pom.xml", "<project><artifactId>a</artifactId><properties><maven.compiler.release>8</"
                                           "maven.compiler.release></properties></project>"},
                               {"mvnw", ""},
                               {"src/test/java/A.java", ""}});
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(commands(library.test) == "./mvnw --batch-mode --no-transfer-progress test\n");
    CHECK(evidence(library) == "tests=target/surefire-reports/TEST-*.xml ");
    CHECK(library.runtime.version == "17"); // what is compiled for 8 is compiled by it
}

TEST_CASE("a wrapper that may not be executed is read by sh, and how to mend it is told") {
    Files files{{"mvnw", "pom.xml", "src/test/java/A.java"},
                [](const std::string&) { return std::optional<std::string>("<project/>"); },
                [](const std::string& path) { return path != "mvnw"; }};
    const auto project = recognise("shop", files);
    REQUIRE(project.components.size() == 1);
    CHECK(commands(project.components[0].test) == "sh ./mvnw --batch-mode --no-transfer-progress test\n");
    CHECK(says(project.components[0], "git update-index --chmod=+x mvnw"));
    files.may_start = [](const std::string& path) { return path == "mvnw"; };
    CHECK(commands(recognise("shop", files).components[0].test).starts_with("./mvnw "));
}

TEST_CASE("modules of Maven and failsafe have reports of their own") {
    const auto parent = only(
        {{"pom.xml", "<project><modules><module>core</module></"
                     "modules><build><plugins><plugin><artifactId>maven-failsafe-plugin</artifactId>"
                     "</plugin></plugins></build><properties><java.version>21</java.version></properties></project>"},
         {"core/pom.xml", "<project/>"},
         {"core/src/test/A.java", ""}});
    CHECK(commands(parent.test) == "mvn --batch-mode --no-transfer-progress verify\n");
    CHECK(evidence(parent) ==
          "tests=**/target/surefire-reports/TEST-*.xml tests=**/target/failsafe-reports/TEST-*.xml ");
    CHECK(parent.runtime.version == "21");
}

TEST_CASE("Spring Boot's web starter is a service") {
    const auto app =
        only({{"pom.xml",
               "<project><artifactId>shop</artifactId><version>1.0</"
               "version><dependencies><dependency><artifactId>spring-boot-starter-webmvc</artifactId></dependency>"
               "<dependency><artifactId>spring-boot-starter-actuator</artifactId></"
               "dependency><dependency><artifactId>postgresql</artifactId></dependency></dependencies></project>"},
              {"src/test/java/A.java", ""}});
    CHECK(app.kind == fairlead::init::Kind::service);
    CHECK(app.framework == "spring");
    CHECK(app.health == "/actuator/health");
    CHECK(join(app.serve, " ") == "java -jar target/shop-1.0.jar --server.port={port}");
    CHECK(join(app.services, " ") == "postgresql");
    CHECK(app.by_port);
}

TEST_CASE("Gradle is run by its wrapper") {
    const auto one = only({{"build.gradle.kts", "jvmToolchain(17)\n"},
                           {"settings.gradle.kts", "rootProject.name = \"a\""},
                           {"gradlew", ""},
                           {"src/test/kotlin/A.kt", ""}});
    CHECK(commands(one.test) == "./gradlew --no-daemon test\n");
    CHECK(evidence(one) == "tests=build/test-results/test/TEST-*.xml ");
    CHECK(one.runtime.version == "17");
    const auto many =
        only({{"settings.gradle", "include 'a'\n"},
              {"a/build.gradle", "org.springframework.boot:spring-boot-starter-web\ntestcontainers postgresql"},
              {"a/src/test/A.java", ""}});
    CHECK(evidence(many) == "tests=**/build/test-results/test/TEST-*.xml ");
    CHECK(many.kind == fairlead::init::Kind::service);
    CHECK(many.services.empty());
    CHECK(says(many, "there is no gradlew"));
}

TEST_CASE("a lone build.gradle is a part of something else, and two builds are told") {
    CHECK(only({{"CMakeLists.txt", ""}, {"support/build.gradle", ""}}).language == Language::cpp);
    CHECK(says(only({{"pom.xml", "<project/>"}, {"build.gradle", ""}, {"src/test/A.java", ""}}), "Maven is used"));
    CHECK(says(only({{"pom.xml", "<project>"}}), "pom.xml could not be read"));
}
