#include "preflight/kinds.h"
#include "base/path.h"
#include "base/text.h"
#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace fairlead::preflight {

namespace {

bool is_one_of_kinds(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::string_view template_words[] = {"example", "sample", "template", "tmpl", "tpl", "dist", "defaults"};

bool is_env(std::string_view name) {
    constexpr std::string_view others[] = {".md",   ".ts",    ".js",   ".py",       ".go",  ".rs",  ".sh",
                                           ".json", ".yml",   ".yaml", ".schema",   ".gpg", ".asc", ".age",
                                           ".enc",  ".vault", ".sops", ".encrypted"}; // the last ones are encrypted
    for (const auto end : others)
        if (name.ends_with(end)) return false;
    if (name == ".env" || name.starts_with(".env.") || name.starts_with(".env-")) return true;
    return (name.ends_with(".env") && name.size() > 4) || name == "env.example";
}

// DockerfileGoreleaser
bool is_dockerfile_of(std::string_view name) {
    constexpr std::string_view word = "Dockerfile";
    return name.starts_with(word) && name.size() > word.size() && name[word.size()] >= 'A' &&
           name[word.size()] <= 'Z' && name.find('.') == name.npos;
}

bool is_dockerfile(std::string_view name) {
    if (name.ends_with(".dockerignore") || name.ends_with(".md") || name.ends_with(".j2")) return false;
    const auto plain = lower(name);
    return plain == "dockerfile" || plain == "containerfile" || name.starts_with("Dockerfile.") ||
           name.starts_with("Dockerfile-") || name.starts_with("Dockerfile_") || is_dockerfile_of(name) ||
           name.starts_with("Containerfile.") || plain.ends_with(".dockerfile");
}

bool is_yaml(std::string_view name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

bool is_compose(std::string_view name) {
    return is_yaml(name) && (name.starts_with("compose.") || name.starts_with("compose-") ||
                             name.starts_with("compose_") || name.starts_with("docker-compose.") ||
                             name.starts_with("docker-compose-") || name.starts_with("docker-compose_"));
}

bool is_nginx(std::string_view path) {
    const auto name = file_name(path);
    std::string_view plain = name;
    for (const std::string_view end : {".template", ".tmpl"})
        if (plain.ends_with(end)) plain.remove_suffix(end.size());
    if (!plain.ends_with(".conf")) return false;
    if (plain.starts_with("nginx")) return true;
    const auto folder = "/" + std::string(path.substr(0, path.size() - name.size()));
    for (const std::string_view known : {"/nginx/", "/sites-available/", "/sites-enabled/"})
        if (folder.find(known) != folder.npos) return true;
    return false;
}

}

std::optional<FileKind> kind_of(std::string_view path) {
    const auto name = file_name(path);
    if (is_env(name)) return FileKind::env;
    if (is_dockerfile(name)) return FileKind::dockerfile;
    if (folder_of(path) == ".github/workflows" && is_yaml(name)) return FileKind::workflow; // GitHub reads none below
    if (is_compose(name)) return FileKind::compose;
    if (is_nginx(path)) return FileKind::nginx;
    if (name.ends_with(".service") && name != ".service") return FileKind::unit;
    if (is_yaml(name) && !path.starts_with(".github/")) return FileKind::yaml;
    return std::nullopt;
}

bool is_env_backup(std::string_view path) {
    constexpr std::string_view words[] = {"backup", "bak", "old", "orig", "save", "copy"};
    const auto parts = split(file_name(path), '.');
    return std::any_of(parts.begin() + 1, parts.end(),
                       [&](const std::string& part) { return is_one_of_kinds(part, words); });
}

bool is_env_template(std::string_view path) {
    for (const auto& part : split(file_name(path), '.'))
        for (const auto& word : split(part, '-'))
            if (is_one_of_kinds(word, template_words)) return true;
    return false;
}

std::optional<Profile> profile_in(std::string_view environment) {
    struct Row {
        std::string_view word;
        Profile profile;
    };
    constexpr Row rows[] = {{"production", Profile::production},
                            {"prod", Profile::production},
                            {"live", Profile::production},
                            {"deploy", Profile::production},
                            {"staging", Profile::staging},
                            {"stage", Profile::staging},
                            {"stg", Profile::staging},
                            {"demo", Profile::staging},
                            {"qa", Profile::staging},
                            {"uat", Profile::staging},
                            {"preprod", Profile::staging},
                            {"development", Profile::development},
                            {"develop", Profile::development},
                            {"dev", Profile::development},
                            {"local", Profile::development},
                            {"localhost", Profile::development},
                            {"test", Profile::development},
                            {"tests", Profile::development},
                            {"testing", Profile::development},
                            {"unittests", Profile::development},
                            {"uffizzi", Profile::development},
                            {"maildev", Profile::development},
                            {"mailhog", Profile::development},
                            {"mailpit", Profile::development},
                            {"ci", Profile::development},
                            {"e2e", Profile::development},
                            {"playwright", Profile::development},
                            {"cypress", Profile::development},
                            {"debug", Profile::development},
                            {"override", Profile::development},
                            {"devcontainer", Profile::development},
                            {"gitpod", Profile::development},
                            {"codespaces", Profile::development},
                            {"coverage", Profile::development},
                            {"integration", Profile::development},
                            {"tilt", Profile::development},
                            {"old", Profile::development}, // kept beside what took its place
                            {"bak", Profile::development},
                            {"orig", Profile::development},
                            {"original", Profile::development},
                            {"disabled", Profile::development}};
    const auto found =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.word == environment; });
    return found == std::end(rows) ? std::nullopt : std::optional(found->profile);
}

namespace {

std::vector<std::string> words_of_name(std::string_view path) { // docker-compose.ci-test.yml: docker, compose, ci ...
    std::string name = lower(file_name(path));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '_'; }, '.');
    return split(name, '.');
}

}

std::string environment_in(std::string_view path) {
    const auto words = words_of_name(path);
    const auto found = std::find_if(words.begin(), words.end(), [](const auto& word) { return profile_in(word); });
    return found == words.end() ? "" : *found;
}

namespace {

// templates/nextjs/docker-compose.yml: what a generator copies, for a project that isn't this one. Not what Ansible
// fills in and deploys.
bool is_of_starter(std::string_view path, const std::vector<std::string>& parts) {
    const auto kind = kind_of(path);
    if (kind != FileKind::compose && kind != FileKind::dockerfile && kind != FileKind::env) return false;
    const auto at = std::find_if(parts.begin(), parts.end(), [](const std::string& part) {
        return part == "templates" || part == "starters" || part == "boilerplates";
    });
    const auto is_of_ansible = [](const std::string& part) { return part == "roles" || part == "ansible"; };
    return at != parts.end() && std::none_of(parts.begin(), at, is_of_ansible);
}

}

std::optional<Profile> profile_of(std::string_view path) {
    for (const auto& word : words_of_name(path)) // whoever takes it fills it in
        if (is_one_of_kinds(word, template_words) && word != "dist" && word != "defaults") return Profile::development;
    // A file below one of these is a test's whatever its name says: tests/stack/docker-compose.prod.yml.
    constexpr std::string_view of_tests[] = {"test",      "tests",     "testdata",   "testenv", "fixtures", "e2e",
                                             "examples",  "example",   "samples",    "sample",  "cypress",  "unittest",
                                             "unittests", "__tests__", "playwright", "harness"};
    constexpr std::string_view others[] = {".claude",   ".cursor",    ".agents",    ".ddev",       ".devcontainer",
                                           ".github",   ".gitpod",    ".gp",        ".travis",     "archive",
                                           "archived",  "backups",    "bench",      "benchmark",   "benchmarks",
                                           "ci",        "contrib",    "demo",       "demoproject", "deprecated",
                                           "dev",       "docs",       "hack",       "integration", "k3d",
                                           "kind",      "minikube",   "playground", "playgrounds", "project_template",
                                           "sampleapp", "sandbox",    "sandboxes",  "seed",        "seeds",
                                           "testapp",   "testhelper", "testing",    "testproject", "testsuite"};
    const auto is_one = [&](std::string_view word) {
        return is_one_of_kinds(word, of_tests) || is_one_of_kinds(word, others);
    };
    const auto parts = split(lower(folder_of(path)), '/');
    if (is_of_starter(path, parts)) return Profile::development;
    if (std::any_of(parts.begin(), parts.end(),
                    [&](const std::string& part) { return part == "mocks" || is_one_of_kinds(part, of_tests); }))
        return Profile::development;
    if (const auto environment = environment_in(path); !environment.empty()) return profile_in(environment);
    constexpr std::string_view whole_folders[] = {"development", "dockerdev", "develop", "devel", "dev", "local"};
    const auto whole =
        replace_all("/" + lower(path.substr(0, path.size() - file_name(path).size())), "/usr/local/", "/usr/");
    for (std::string_view left = whole; !left.empty();) {
        auto folder = left.substr(0, left.find('/'));
        left.remove_prefix(std::min(folder.size() + 1, left.size()));
        if (is_one(folder)) return Profile::development;
        if (folder.starts_with('.')) folder.remove_prefix(1); // .examples/
        if (is_one_of_kinds(folder, whole_folders)) return Profile::development;
        for (const char separator : {'-', '_'}) // test-environments/, build_tests/
            for (std::string_view rest = folder; !rest.empty();) {
                const auto part = rest.substr(0, rest.find(separator));
                rest.remove_prefix(std::min(part.size() + 1, rest.size()));
                if (is_one(part)) return Profile::development;
            }
    }
    return std::nullopt;
}

}
