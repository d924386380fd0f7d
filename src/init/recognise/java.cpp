#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/data/xml.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// What is asked of a pom.xml: the texts by their place from <project> on, and all that it names.
struct Pom : sys::XmlHandler {
    std::vector<std::string> open;
    std::vector<std::pair<std::string, std::string>> texts; // "properties/java.version" -> 21
    std::string current;

    Result<void> start(std::string_view name, const sys::XmlAttributes&) override {
        open.emplace_back(name);
        current.clear();
        return {};
    }
    Result<void> end(std::string_view) override {
        std::string place;
        for (std::size_t i = 1; i < open.size(); ++i) place += (i > 1 ? "/" : "") + open[i];
        if (const auto text = trim(current); !text.empty() && texts.size() < 5000) texts.emplace_back(place, text);
        current.clear();
        open.pop_back();
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (current.size() < 500) current += part;
        return {};
    }
    std::string get(std::string_view place) const {
        for (const auto& [at, text] : texts)
            if (at == place) return text;
        return "";
    }
    bool names(std::string_view artifact) const {
        return std::any_of(texts.begin(), texts.end(), [&](const auto& one) {
            return one.first.ends_with("artifactId") && one.second.starts_with(artifact);
        });
    }
};

std::string number_of(std::string_view text) { // 1.8 is 8, 17 is 17; anything else is none
    if (text.starts_with("1.")) text.remove_prefix(2);
    return !text.empty() && text.size() <= 2 && text.find_first_not_of("0123456789") == text.npos ? std::string(text)
                                                                                                  : "";
}

void set_runtime(Folder& folder, Component& component, std::string version) {
    component.runtime = {"java", "", ""};
    if (folder.has(".java-version"))
        component.runtime.version_file = ".java-version";
    else
        // What is compiled for 8 is compiled by 17, which today's Maven and Gradle plugins ask for.
        component.runtime.version = version.empty() ? "21" : version.size() == 1 || version < "17" ? "17" : version;
    if (component.runtime.version_file.empty() && version.empty())
        folder.doubt("Java 21 is used; to change it, write another version into .java-version");
}

void add_services(Component& component, const auto& names) {
    struct Row {
        std::string_view artifact, service;
    };
    constexpr Row rows[] = {{"postgresql", "postgresql"},
                            {"mysql-connector", "mysql"},
                            {"spring-boot-starter-data-redis", "redis"},
                            {"spring-boot-starter-data-mongodb", "mongodb"},
                            {"spring-boot-starter-amqp", "rabbitmq"}};
    for (const auto& [artifact, service] : rows)
        if (names(artifact) && !contains(component.services, service)) component.services.emplace_back(service);
}

void set_framework(Component& component, const auto& names) {
    struct Row {
        std::string_view artifact, name;
        bool serves;
    };
    constexpr Row rows[] = {{"spring-boot-starter-web", "spring", true},
                            {"quarkus-rest", "quarkus", true},
                            {"quarkus-resteasy", "quarkus", true},
                            {"micronaut-http-server", "micronaut", true},
                            {"ktor-server", "ktor", true},
                            {"spring-boot", "spring", false}};
    for (const auto& row : rows) {
        if (!names(row.artifact)) continue;
        component.framework = row.name;
        component.kind = row.serves ? Kind::service : Kind::program;
        if (row.serves && names("spring-boot-starter-actuator")) component.health = "/actuator/health";
        return;
    }
}

// mvnw, gradlew: by sh where it may not be executed, as happens to what was committed on Windows.
std::vector<std::string> wrapper(Folder& folder, const std::string& name) {
    if (folder.may_start(name)) return {"./" + name};
    folder.doubt(fmt::format(
        "{} is not executable, so sh runs it; to fix that for everybody, run: git update-index --chmod=+x {}", name,
        name));
    return {"sh", "./" + name};
}

std::vector<std::string> with(std::vector<std::string> words, std::initializer_list<const char*> more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

void describe_maven(Folder& folder, Component& component) {
    Pom pom;
    if (const auto read = sys::parse_xml(folder.text("pom.xml"), "pom.xml", pom); !read.ok())
        folder.unreadable("pom.xml", fmt::format("pom.xml could not be read ({}); fix it, then run init again",
                                                 read.error().message));
    const auto program = folder.has("mvnw") ? wrapper(folder, "mvnw") : std::vector<std::string>{"mvn"};
    const auto modules = folder.below();
    const bool several = !pom.get("modules/module").empty();
    const bool integration = pom.names("maven-failsafe-plugin");
    component.manager = "maven";
    auto version = number_of(pom.get("properties/maven.compiler.release"));
    for (const auto* key :
         {"properties/java.version", "properties/maven.compiler.target", "properties/maven.compiler.source"})
        if (version.empty()) version = number_of(pom.get(key));
    set_runtime(folder, component, version);
    component.test =
        step("test", {with(program, {"--batch-mode", "--no-transfer-progress", integration ? "verify" : "test"})},
             integration ? "pom.xml: maven-failsafe-plugin" : "pom.xml");
    component.build =
        step("build", {with(program, {"--batch-mode", "--no-transfer-progress", "-DskipTests", "package"})}, "pom.xml");
    const std::string before = several ? "**/" : "";
    component.evidence = {{"tests", before + "target/surefire-reports/TEST-*.xml"}};
    if (integration) component.evidence.push_back({"tests", before + "target/failsafe-reports/TEST-*.xml"});
    component.ignored.push_back("target/");
    const auto names = [&](std::string_view artifact) { return pom.names(artifact); };
    set_framework(component, names);
    if (!pom.names("testcontainers")) add_services(component, names); // which start what the tests need
    const auto artifact = pom.get("artifactId");
    const auto jar =
        pom.get("build/finalName").empty() ? artifact + "-" + pom.get("version") : pom.get("build/finalName");
    const bool plain =
        jar.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == jar.npos;
    if (component.kind == Kind::service && !several && plain && component.framework == "spring")
        component.serve = {"java", "-jar", "target/" + jar + ".jar", "--server.port={port}"}, component.by_port = true;
}

void describe_gradle(Folder& folder, Component& component) {
    std::string text;
    for (const auto& name : folder.below())
        if (name.ends_with("build.gradle") || name.ends_with("build.gradle.kts") ||
            name.ends_with("libs.versions.toml"))
            text += folder.text(name) + "\n";
    const auto settings = folder.text(folder.first({"settings.gradle", "settings.gradle.kts"}));
    const bool wrapped = folder.has("gradlew");
    const auto program = wrapped ? wrapper(folder, "gradlew") : std::vector<std::string>{"gradle"};
    if (!wrapped)
        folder.doubt("there is no gradlew, so the machine's version of Gradle runs; commit a wrapper: gradle wrapper");
    component.manager = "gradle";
    std::string version;
    for (const std::string_view key : {"JavaLanguageVersion.of(", "jvmToolchain(", "JavaVersion.VERSION_"})
        if (const auto found = text.find(key); found != text.npos && version.empty()) {
            const auto begin = found + key.size();
            version =
                number_of(std::string_view(text).substr(begin, text.find_first_not_of("0123456789", begin) - begin));
        }
    set_runtime(folder, component, version);
    const bool several = mentions(settings, "include");
    component.test = step("test", {with(program, {"--no-daemon", "test"})}, wrapped ? "gradlew" : "build.gradle");
    component.build = step("build", {with(program, {"--no-daemon", "assemble"})}, "build.gradle");
    component.evidence = {{"tests", std::string(several ? "**/" : "") + "build/test-results/test/TEST-*.xml"}};
    component.ignored.insert(component.ignored.end(), {"build/", ".gradle/"});
    const auto names = [&](std::string_view artifact) { return text.find(artifact) != text.npos; };
    set_framework(component, names);
    if (!names("testcontainers")) add_services(component, names); // which start what the tests need
}

}

bool describe_java(Folder& folder, Component& component) {
    // A lone build.gradle is a part of something else's build.
    if (folder.first({"pom.xml", "settings.gradle", "settings.gradle.kts", "gradlew"}).empty() &&
        folder.below("src").empty())
        return false;
    const bool maven = folder.has("pom.xml"),
               gradle = !folder.first({"build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"})
                             .empty();
    if (maven && gradle)
        folder.doubt("both pom.xml and Gradle's files are here, and Maven is used; to use Gradle, write its commands "
                     "into fairlead.yml");
    maven ? describe_maven(folder, component) : describe_gradle(folder, component);
    const auto names = folder.below();
    const bool tested = std::any_of(names.begin(), names.end(), [](const auto& name) {
        return name.find("src/test/") != name.npos || name.find("Test/") != name.npos;
    });
    if (!tested) folder.doubt("no src/test was found; gate has nothing to judge until there are tests");
    return true;
}

}
