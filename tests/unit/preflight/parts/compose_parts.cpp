#include "preflight/parts/compose_parts.h"
#include "support/catch.h"

using namespace fairlead::preflight;
using namespace fairlead::preflight::compose;

namespace {

Compose compose_of(const std::string& text) {
    fairlead::read::ComposeInput input;
    input.read = [text](const std::string& path) { return path == "c.yml" ? std::optional(text) : std::nullopt; };
    input.files = {"c.yml"};
    return {{"c.yml"}, std::make_shared<fairlead::read::ComposeProject>(fairlead::read::read_compose(input)), {}};
}

Project project_of(const std::string& text) {
    Project project;
    project.read = [text](const std::string& path) { return path == "c.yml" ? std::optional(text) : std::nullopt; };
    return project;
}

std::string made(std::string text, const std::optional<Edit>& edit) {
    return edit ? text.replace(edit->begin, edit->end - edit->begin, edit->text) : "(none)";
}

}

TEST_CASE("an image's name is taken apart, ports of registries are no tags") {
    const ImageParts image = image_parts("registry.example.org:5000/org/app:1.2@sha256:00");
    CHECK(image.repository == "registry.example.org:5000/org/app");
    CHECK(image.name == "app");
    CHECK(image.tag == "1.2");
    CHECK(image.digest == "sha256:00");
    CHECK(image_parts("registry.example.org:5000/app").tag.empty());
    CHECK(image_parts("nginx").name == "nginx");
    CHECK(image_parts("").name.empty());
}

TEST_CASE("edits stand where a value is written, in bytes") {
    const std::string text = "services:\n  w\xc3\xa4\x62:\n    image: 'a:1' # \xc3\xa4\n    ports: [8080:80]\n";
    const Compose compose = compose_of(text);
    const Project project = project_of(text);
    Texts texts(compose, project);
    const auto& service = compose.read->services.at(0);
    CHECK(made(text, texts.instead(*service.at("image"), "b:2")).find("image: b:2 #") != std::string::npos);
    CHECK(made(text, texts.instead(service.ports[0].place, "8080:80", "1:2")).find("[1:2]") != std::string::npos);
    CHECK_FALSE(texts.instead(service.ports[0].place, "9090:90", "1:2").has_value());
    CHECK(made(text, texts.key_of(service, "a:\n  b: c")).find("    a:\n      b: c\n    image:") != std::string::npos);
}

TEST_CASE("no line is put into a service that stands in one") {
    const std::string text = "services: {web: {image: a}}\n";
    const Compose compose = compose_of(text);
    const Project project = project_of(text);
    CHECK_FALSE(Texts(compose, project).key_of(compose.read->services.at(0), "a: b").has_value());
}

TEST_CASE("jobs are what others wait for to end, and what is called so") {
    const Compose compose =
        compose_of("services:\n"
                   "  prepare: {image: a}\n"
                   "  migrate: {image: a}\n"
                   "  web: {image: a, depends_on: {prepare: {condition: service_completed_successfully}}}\n");
    const Jobs jobs(*compose.read);
    CHECK_FALSE(runs_on(*compose.read->service("prepare"), jobs));
    CHECK_FALSE(runs_on(*compose.read->service("migrate"), jobs));
    CHECK(runs_on(*compose.read->service("web"), jobs));
}

TEST_CASE("what is local, a proxy and a database is told by address, image and name") {
    CHECK(is_local("127.0.0.2"));
    CHECK(is_local("::1"));
    CHECK_FALSE(is_local("0.0.0.0"));
    const Compose compose =
        compose_of("services:\n  db: {image: 'docker.io/bitnami/postgres:16'}\n  nginx: {build: .}\n");
    REQUIRE(database_of(*compose.read->service("db")) != nullptr);
    CHECK(database_of(*compose.read->service("db"))->port == "5432");
    CHECK(is_proxy(*compose.read->service("nginx")));
    CHECK(short_word(std::string(40, 'x')).size() < 40);
}
