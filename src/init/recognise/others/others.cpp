#include "init/recognise/others/others.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

void reports_to(Component& component, const std::string& path) {
    component.evidence = {{"tests", path}};
    component.ignored.push_back("reports/");
}

void tell_no_report(Folder& folder, const Component& component, const std::string& way_out) {
    folder.doubt(fmt::format("`{}` writes no report, so gate can't judge the tests; {}",
                             join(component.test->commands.back(), " "), way_out));
}

bool has_gem(Folder& folder, std::string_view name) {
    for (const auto* file : {"Gemfile.lock", "Gemfile"})
        if (mentions(folder.text(file), name)) return true;
    return false;
}

void serve_ruby(Folder& folder, Component& component) {
    component.framework = has_gem(folder, "rails") ? "rails" : has_gem(folder, "sinatra") ? "sinatra" : "";
    if (!folder.has("config.ru")) return;
    component.kind = Kind::service;
    if (!has_gem(folder, "puma")) return; // the others' options differ
    component.serve = {"bundle", "exec", "puma", "--bind", "unix://{socket}"};
    component.prepare = step(
        "prepare", {{"bundle", "config", "set", "--local", "path", "vendor/bundle"}, {"bundle", "install"}}, "Gemfile");
    if (component.framework == "rails") component.prepare->commands.push_back({"bin/rails", "db:migrate"});
    if (has_gem(folder, "pg")) component.services.emplace_back("postgresql");
    if (has_gem(folder, "redis") || has_gem(folder, "sidekiq")) component.services.emplace_back("redis");
}

// What a task runner calls its recipes, and the step that each becomes.
void take_tasks(Folder& folder, Component& component, const std::string& program, const std::string& file,
                const std::vector<std::string>& names) {
    const auto take = [&](const std::string& as, std::initializer_list<const char*> wanted) -> std::optional<Step> {
        for (const auto* name : wanted)
            if (contains(names, name)) return step(as, {{program, name}}, fmt::format("{}: {}", file, name));
        return std::nullopt;
    };
    component.manager = program;
    component.install = take("install", {"deps", "install", "setup", "bootstrap"});
    component.lint = take("lint", {"lint"});
    component.build = take("build", {"build"});
    component.test = take("test", {"test", "tests", "check"});
    if (component.test)
        tell_no_report(folder, component,
                       "let it write JUnit to reports/junit.xml, and name that file in gate.reports");
}

}

bool describe_ruby(Folder& folder, Component& component) {
    component.manager = "bundler";
    component.install = step("install", {{"bundle", "install"}}, "Gemfile");
    const bool specs = folder.has(".rspec") || !folder.below("spec").empty();
    if (specs && has_gem(folder, "rspec_junit_formatter")) {
        component.test = step("test",
                              {{"mkdir", "-p", "reports"},
                               {"bundle", "exec", "rspec", "--format", "progress", "--format", "RspecJunitFormatter",
                                "--out", "reports/junit.xml"}},
                              "spec");
        reports_to(component, "reports/junit.xml");
    } else if (specs) {
        component.test = step("test", {{"bundle", "exec", "rspec"}}, "spec");
        tell_no_report(folder, component, "add rspec_junit_formatter to the Gemfile, then run init again");
    } else if (folder.has("bin/rails") && !folder.below("test").empty()) {
        component.test = step("test", {{"bin/rails", "test"}}, "test");
        tell_no_report(folder, component, "minitest-reporters writes JUnit; name its file in gate.reports");
    } else if (folder.has("Rakefile") && !folder.below("test").empty()) {
        component.test = step("test", {{"bundle", "exec", "rake", "test"}}, "Rakefile");
        tell_no_report(folder, component, "minitest-reporters writes JUnit; name its file in gate.reports");
    }
    serve_ruby(folder, component);
    component.ignored.emplace_back("vendor/bundle/");
    return true;
}

bool describe_php(Folder& folder, Component& component) {
    const auto composer = folder.json("composer.json");
    component.manager = "composer";
    component.install = step("install", {{"composer", "install", "--no-interaction"}}, "composer.json");
    const auto asks = [&](std::string_view package) {
        for (const auto* section : {"/require", "/require-dev"})
            if (const auto list = at(composer, section); list.is_object() && list.contains(std::string(package)))
                return true;
        return false;
    };
    const bool pest = asks("pestphp/pest");
    if (pest || asks("phpunit/phpunit") || !folder.first({"phpunit.xml", "phpunit.xml.dist"}).empty()) {
        component.test = step("test",
                              {{"mkdir", "-p", "reports"},
                               {pest ? "vendor/bin/pest" : "vendor/bin/phpunit", "--log-junit", "reports/junit.xml"}},
                              pest ? "pestphp/pest" : "phpunit");
        reports_to(component, "reports/junit.xml");
    }
    component.framework = asks("laravel/framework") ? "laravel" : asks("symfony/framework-bundle") ? "symfony" : "";
    if (!component.framework.empty()) {
        component.kind = Kind::service;
        folder.doubt(
            "PHP is served by a program beside it (FPM), so no deployment is written; write a Dockerfile, then "
            "run: fairlead init --production --stack generic");
    }
    component.ignored.emplace_back("vendor/");
    return true;
}

bool describe_dotnet(Folder& folder, Component& component) {
    std::string text;
    for (const auto& name : folder.below())
        if (name.ends_with(".csproj") || name.ends_with(".fsproj")) text += folder.text(name);
    component.manager = "dotnet";
    component.install = step("install", {{"dotnet", "restore"}}, "the project file");
    component.build = step("build", {{"dotnet", "build", "--configuration", "Release"}}, "the project file");
    if (text.find("Microsoft.NET.Test.Sdk") != text.npos) {
        component.test = step(
            "test", {{"dotnet", "test", "--logger", "trx;LogFileName=tests.trx", "--results-directory", "reports"}},
            "Microsoft.NET.Test.Sdk");
        reports_to(component, "reports/*.trx");
    }
    if (text.find("Microsoft.NET.Sdk.Web") != text.npos) {
        component.framework = "aspnet";
        component.kind = Kind::service;
    }
    component.ignored.insert(component.ignored.end(), {"bin/", "obj/"});
    return true;
}

bool describe_elixir(Folder& folder, Component& component) {
    component.manager = "mix";
    component.install = step("install", {{"mix", "local.hex", "--force"}, {"mix", "deps.get"}}, "mix.exs");
    const bool junit = mentions(folder.text("mix.exs"), "junit_formatter");
    component.test = step("test",
                          {junit ? std::vector<std::string>{"mix", "test", "--formatter", "JUnitFormatter",
                                                            "--formatter", "ExUnit.CLIFormatter"}
                                 : std::vector<std::string>{"mix", "test"}},
                          "mix.exs");
    if (junit)
        component.evidence = {{"tests", "_build/test/lib/*/test-junit-report.xml"}};
    else
        tell_no_report(folder, component, "add junit_formatter to mix.exs, then run init again");
    if (mentions(folder.text("mix.exs"), "phoenix")) component.framework = "phoenix", component.kind = Kind::service;
    component.ignored.insert(component.ignored.end(), {"_build/", "deps/"});
    return true;
}

bool describe_bazel(Folder& folder, Component& component) {
    component.manager = "bazel";
    component.test =
        step("test", {{"bazel", "test", "//..."}}, folder.first({"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"}));
    component.evidence = {{"tests", "bazel-testlogs/**/test.xml"}};
    component.ignored.emplace_back("/bazel-*");
    return true;
}

bool describe_just(Folder& folder, Component& component) {
    const auto file = folder.first({"justfile", "Justfile", ".justfile"});
    std::vector<std::string> names;
    for (const auto& line : split(folder.text(file), '\n')) {
        const auto colon = line.find(':');
        if (colon == line.npos || line.starts_with(' ') || line.starts_with('\t') || line.starts_with('#') ||
            line.substr(colon, 2) == ":=")
            continue;
        auto name = line.substr(0, std::min(colon, line.find(' ')));
        if (name.starts_with('@')) name.erase(0, 1);
        names.push_back(std::move(name));
    }
    take_tasks(folder, component, "just", file, names);
    return component.test || component.build || component.lint;
}

bool describe_task(Folder& folder, Component& component) {
    const auto file = folder.first({"Taskfile.yml", "Taskfile.yaml", "taskfile.yml"});
    std::vector<std::string> names;
    if (const auto tasks = at(folder.yaml(file), "/tasks"); tasks.is_object())
        for (const auto& entry : tasks.items()) names.push_back(entry.key());
    take_tasks(folder, component, "task", file, names);
    return component.test || component.build || component.lint;
}

}
