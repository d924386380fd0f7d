#include "init/facts.h"
#include "base/path.h"
#include "base/text.h"
#include "init/write/jobs.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Mark {              // what a file says of a fact
    std::string_view file; // how its path ends
    std::string text;
};

class Gathering {
  public:
    Gathering(const Project& project, const std::vector<NewFile>& written) : project_(project), written_(written) {}

    void add(const Component& component) {
        at_ = component.folder.empty() ? "" : component.folder + "/";
        add_server(component);
        add_processes(component);
        for (const auto& one : component.variables) add_variable(component, one);
        for (const auto& name : component.secrets)
            if (std::none_of(component.variables.begin(), component.variables.end(),
                             [&](const Variable& one) { return one.name == name; }))
                add(FactKind::secret, name, "a template of an environment",
                    {{"fairlead.yml", name},
                     {".env.production.example", name + "="},
                     {"docker-compose.prod.yml", name + ": "}},
                    "name it in env.secrets of each environment");
        for (const auto& one : component.data) add_data(component, one);
        for (const auto& one : component.shared)
            add(FactKind::folder, fmt::format("{}: {}", one.folder, what_of(one.what)), placed(one.from),
                {{"fairlead.yml", one.folder}, {"docker-compose.prod.yml", "uploads:"}},
                fmt::format("name {} in deploy.target.shared", one.folder));
        if (!component.health.empty())
            add(FactKind::health, component.health, "the source", {{"fairlead.yml", "path: " + component.health}},
                fmt::format("write deploy.health.path: {}", component.health));
        if (!component.dockerfile.empty())
            add(FactKind::image, component.dockerfile, component.dockerfile,
                {{"staging.yml", component.dockerfile},
                 {".gitlab-ci.yml", component.dockerfile},
                 {"ci.sh", component.dockerfile}},
                "build it in a step of run, and deploy it with target: {kind: compose}");
        add_steps(component);
    }

    void add_project() {
        at_.clear();
        if (project_.compose.empty()) return;
        add(FactKind::compose, project_.compose, project_.compose, {{"compose.backup.yml", project_.compose}},
            "its services are for your machine; `fairlead init --production` writes the ones of production", true);
    }

    std::vector<Fact> take() { return std::move(found_); }

  private:
    void add(FactKind kind, std::string what, std::string from, const std::vector<Mark>& marks, std::string by_hand,
             bool may_be_left = false) {
        Fact fact{kind, std::move(what), std::move(from), {}, std::move(by_hand), may_be_left};
        for (const auto& file : written_)
            if (std::any_of(marks.begin(), marks.end(), [&](const Mark& mark) {
                    return file.path.ends_with(mark.file) && file.content.find(mark.text) != std::string::npos;
                }))
                fact.writers.push_back(file.path);
        found_.push_back(std::move(fact));
    }

    std::string placed(const std::string& from) const { return from.empty() ? from : at_ + from; }

    void add_server(const Component& component) {
        if (component.serve.empty()) return;
        const auto words = yaml_list(component.serve);
        add(FactKind::server, join(component.serve, " "), placed(component.served_by),
            {{"fairlead.yml", words}, {"docker-compose.prod.yml", "app:"}}, "write it as deploy.target.command");
    }

    void add_processes(const Component& component) {
        for (const auto& one : component.processes)
            add(FactKind::process,
                fmt::format("{} ({}): {}", one.name, project::name_of(one.role), join(one.in_image, " ")),
                placed(one.from),
                {{"fairlead.yml", fmt::format("{}: {{command:", one.name)},
                 {"docker-compose.prod.yml", fmt::format("  {}:\n", one.name)}},
                fmt::format("write it as deploy.target.processes.{}", one.name));
        if (!component.released_by.empty() && component.prepare && !component.prepare->commands.empty())
            add(FactKind::release, join(component.prepare->commands.back(), " "), placed(component.released_by),
                {{"fairlead.yml", yaml_list(component.prepare->commands.back())},
                 {"fairlead.yml", component.released_in_image.empty() ? yaml_list(component.prepare->commands.back())
                                                                      : yaml_list(component.released_in_image.back())}},
                "write it into deploy.target.prepare");
    }

    void add_variable(const Component& component, const Variable& one) {
        const bool needed =
            one.need == project::Need::required ||
            std::find(component.secrets.begin(), component.secrets.end(), one.name) != component.secrets.end();
        const auto how = needed ? "required" : one.need == project::Need::optional ? "optional" : "maybe needed";
        const std::vector<Mark> marks = {{"fairlead.yml", one.name},
                                         {".env.production.example", one.name + "="},
                                         {"docker-compose.prod.yml", one.name + ": "}};
        add(FactKind::variable, fmt::format("{} ({}{})", one.name, how, one.secret ? ", a secret" : ""),
            placed(one.from), marks,
            needed ? "name it in env.secrets or env.required of each environment"
                   : "set it in env.file of an environment that needs another value",
            !needed);
    }

    void add_data(const Component& component, const Data& one) {
        const auto what = one.driver.empty() ? one.what : fmt::format("{} by {}", one.what, one.driver);
        const std::string image = one.what == "postgresql" ? "postgres" : one.what == "mongodb" ? "mongo" : one.what;
        add(FactKind::data, what, placed(one.from),
            {{"pull-request.yml", image + ":"},
             {"docker-compose.prod.yml", image},
             {".gitlab-ci.yml", image + ":"},
             {"compose.backup.yml", image}},
            fmt::format("start {} where tests and program run, and name its address in env.secrets", one.what));
        if (one.migrations.empty()) return;
        const bool runs = component.prepare && !component.prepare->commands.empty();
        add(FactKind::migrations, one.migrations, placed(one.from),
            {{"fairlead.yml", runs ? yaml_list(component.prepare->commands.back()) : one.migrations},
             {"docs/runbook.md", one.migrations == "django" ? "manage.py migrate" : one.migrations}},
            fmt::format("write the command of {} that updates the tables into deploy.target.prepare", one.migrations));
    }

    void add_steps(const Component& component) {
        const auto step = [&](FactKind kind, const std::optional<Step>& one, const std::string& by_hand) {
            if (!one || one->commands.empty()) return;
            const auto& words = one->commands.back();
            add(kind, join(words, " "), placed(one->because),
                {{"fairlead.yml", words.size() == 1 ? words.front() : words[1]}}, by_hand);
        };
        step(FactKind::test, component.test, "write it as a step of run");
        step(FactKind::build, component.build, "write it as a step of run");
        for (const auto& one : component.evidence)
            add(FactKind::report, fmt::format("{}: {}", one.kind, one.path), "the test step",
                {{"fairlead.yml", one.path}}, "name it in gate.reports");
        if (!component.dist.empty())
            add(FactKind::site, component.dist, "the build step", {{"fairlead.yml", within(component, component.dist)}},
                "serve that folder");
    }

    const Project& project_;
    const std::vector<NewFile>& written_;
    std::vector<Fact> found_;
    std::string at_; // of the component, for places
};

}

std::string_view name_of(FactKind kind) {
    constexpr std::string_view names[] = {"server",     "process", "release", "variable", "data",
                                          "migrations", "folder",  "health",  "image",    "compose",
                                          "test",       "report",  "build",   "site",     "secret"};
    return names[static_cast<std::size_t>(kind)];
}

std::vector<Fact> facts_of(const Project& project, const std::vector<NewFile>& written) {
    Gathering facts(project, written);
    for (const auto& component : project.components) facts.add(component);
    facts.add_project();
    return facts.take();
}

std::string explained(const std::vector<Fact>& facts) {
    std::string text;
    for (const auto& one : facts) {
        const auto says = one.writers.empty() ? "by hand: " + one.by_hand : "in " + join(one.writers, ", ");
        text += fmt::format("fact     {} {}{}: {}\n", name_of(one.kind), one.what,
                            one.from.empty() ? "" : fmt::format(" [{}]", one.from), says);
    }
    return text;
}

std::string lost(const std::vector<Fact>& facts) {
    std::string text;
    for (const auto& one : facts)
        if (one.writers.empty() && !one.may_be_left)
            text += fmt::format("unclear  {} {}{} is in no written file; {}\n", name_of(one.kind), one.what,
                                one.from.empty() ? "" : fmt::format(" ({})", one.from), one.by_hand);
    return text;
}

}
