#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/shell.h"
#include "init/write/text.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// The language's official image, of the version that the project asks for.
std::string image_for(const Component& component) {
    const auto version = component.runtime.version;
    const auto of = [&](std::string_view name, std::string_view otherwise) {
        return fmt::format("{}:{}", name, version.empty() ? otherwise : version);
    };
    switch (component.language) {
    case Language::python: return of("python", "3");
    case Language::node: return of("node", "lts");
    case Language::go: return of("golang", "1");
    case Language::rust: return of("rust", "1");
    case Language::java: return component.manager == "gradle" ? "gradle:jdk21" : "maven:3-eclipse-temurin-21";
    default: return "buildpack-deps:bookworm";
    }
}

// Jobs begin in the repository's root.
std::string script(const Writing& writing, const std::vector<std::string>& lines) {
    std::string text = "  script:\n    - |\n      set -eu\n";
    const auto& folder = writing.project.folder;
    if (!folder.empty()) text += "      cd -- " + shell_line({folder}) + "\n";
    for (const auto& line : lines) text += "      " + line + "\n";
    return text;
}

// GitLab's names of service images are host names, too.
std::string gitlab_services(const Component& component) {
    std::vector<std::string> images;
    std::string variables;
    for (const auto& service : component.services) {
        if (service == "postgresql") {
            images.emplace_back("postgres:16");
            variables += "    POSTGRES_PASSWORD: postgres\n    DATABASE_URL: "
                         "postgresql://postgres:postgres@postgres:5432/postgres\n";
        }
        if (service == "redis") {
            images.emplace_back("redis:7");
            variables += "    REDIS_URL: redis://redis:6379/0\n";
        }
    }
    return images.empty() ? "" : fmt::format("  services: {}\n  variables:\n{}", yaml_list(images), variables);
}

std::string check_job(const Writing& writing, const Component& component) {
    auto text = fmt::format("\n{}:\n  stage: check\n  image: {}\n{}", job_id(writing.project, "gate", component),
                            yaml_scalar(image_for(component)), gitlab_services(component));
    text += script(writing, check_lines(writing, component));
    std::string reports;
    for (const auto& one : component.evidence)
        if (one.kind == "tests")
            reports += fmt::format("        - {}\n", yaml_scalar(below(writing.project.folder, one.path)));
    return reports.empty() ? text : text + "  artifacts:\n    when: always\n    reports:\n      junit:\n" + reports;
}

// A pipeline of a tag can't have the files of a branch's: what staging proved goes to production in the same one.
constexpr std::string_view by_hand = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH # takes what staging proved in this "
                                     "pipeline\n      when: manual\n      allow_failure: true";

std::string deploy_job(const Writing& writing, const Component& component, const Environment& environment, bool last) {
    const auto id = job_id(writing.project, environment.name, component);
    const auto files = handed_on(writing, component);
    auto text = fmt::format(
        "\n{0}:\n  stage: {1}\n  tags: [{1}] # a runner with the shell executor, on the host that serves\n"
        "  environment: {{name: {1}}}\n  resource_group: {2}\n  rules:\n    - if: {3}\n{4}",
        yaml_scalar(id), yaml_scalar(environment.name), group_of(writing.project, "deploy") + "-" + environment.name,
        !last           ? "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
        : files.empty() ? "$CI_COMMIT_TAG\n      when: manual"
                        : by_hand,
        script(writing, deploy_lines(writing, component, environment)));
    if (last || files.empty()) return text;
    text += "  artifacts:\n    paths:\n";
    for (const auto& file : files) text += "      - " + yaml_scalar(below(writing.project.folder, file)) + "\n";
    return text;
}

}

std::optional<std::string> write_gitlab(const Writing& writing) {
    const auto all = environments(writing);
    std::vector<std::string> stages = {"check"};
    std::string jobs;
    if (has_configuration(writing.project))
        jobs += "\npreflight:\n  stage: check\n  image: buildpack-deps:bookworm\n" +
                script(writing, {"fairlead-preflight"});
    for (const auto& component : writing.project.components) jobs += check_job(writing, component);
    for (const auto* environment : {staging_of(all), production_of(all)}) {
        if (!environment) continue;
        stages.push_back(environment->name);
        for (const auto* component : services(writing.project))
            jobs += deploy_job(writing, *component, *environment, environment == production_of(all));
    }
    std::string bring;
    for (const auto& line : bring_lines(writing)) bring += "      " + line + "\n";
    return fmt::format(
        R"(# Written by `fairlead init --ci gitlab`; yours to change. Secrets of a deployment are CI/CD variables of its environment,
# protected and masked.
stages: {0}

workflow: # a branch with a merge request has one pipeline, not two
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_TAG
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

variables:
  GIT_DEPTH: "0" # ranges and versions need the history

default:
  timeout: 45 minutes
  interruptible: false
  before_script:
    - |
{1}
scan:
  stage: check
  image: buildpack-deps:bookworm
  script:
    - |
      if [ -n "${{CI_MERGE_REQUEST_DIFF_BASE_SHA:-}}" ]; then
        fairlead-scan range "$CI_MERGE_REQUEST_DIFF_BASE_SHA..$CI_COMMIT_SHA"
      else
        fairlead-scan tree
      fi
{2})",
        yaml_list(stages), bring, jobs);
}

}
