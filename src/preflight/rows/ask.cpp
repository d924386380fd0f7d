#include "base/path.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rows/row.h"
#include "preflight/rows/tree.h"
#include "read/dockerfile/dockerfile.h"
#include "read/workflow_steps.h"
#include <algorithm>

// A row is asked of each thing that the project has of its kind.
namespace fairlead::preflight {

namespace {

using read::ComposePlace;
using sys::YamlNode;

bool has_item(const std::vector<std::string>& words, std::string_view word) {
    return std::any_of(words.begin(), words.end(), [&](const auto& one) { return lower(one) == lower(word); });
}

// A value that is put in later may be any of them.
bool has_item(const std::vector<std::string>& words, const Branch& list) {
    if (list.is_scalar()) return !list.is_known() || has_item(words, list.text());
    bool found = false;
    list.each([&](std::string_view, const Branch& item) { found = found || has_item(words, item.text()); });
    return found;
}

bool is_within(const Condition& condition, const Branch& value) {
    const auto number = parse_integer(value.text());
    return number.ok() && (!condition.above || number.value() > *condition.above) &&
           (!condition.below || number.value() < *condition.below);
}

// `shown`: what the pattern's group took.
bool does_match(const Condition& condition, std::string_view text, std::string& shown) {
    std::vector<std::string_view> groups;
    if (!condition.pattern->search(text, 0, groups) || has_item(condition.except, text)) return false;
    if (groups.size() > 1 && groups[1].data() != nullptr) shown = groups[1];
    return true;
}

// `is_script`: ${{ }} and ${NAME} are what a pattern may look for.
bool holds(const Condition& condition, const std::optional<Branch>& value, std::string& shown, bool is_script) {
    if (condition.missing) return !value;
    if (!condition.lacks.empty()) return !value || !has_item(condition.lacks, *value);
    if (!value) return false;
    if (condition.present) return true;
    if (!value->is_scalar()) return !condition.has.empty() && has_item(condition.has, *value);
    if (condition.pattern && is_script) return does_match(condition, value->text(), shown);
    if (!value->is_known()) return false;
    if (!condition.has.empty()) return has_item(condition.has, *value);
    if (!condition.is.empty()) return has_item(condition.is, value->text());
    if (!condition.is_not.empty()) return !has_item(condition.is_not, value->text());
    return condition.pattern ? does_match(condition, value->text(), shown) : is_within(condition, *value);
}

using Tell = std::function<void(const ComposePlace& place, std::string message)>;

class Asker {
  public:
    Asker(const RuleRow& row, const Project& project, const FoundIn& found)
        : row_(row), project_(project), found_(found) {}

    void ask() {
        if (row_.in == "compose") return compose();
        if (row_.in == "kubernetes") return kubernetes();
        if (row_.in == "workflow") return workflows();
        if (row_.in == "dockerfile") return dockerfiles();
        if (row_.in == "env") return env();
        files();
    }

  private:
    bool takes(std::string_view file) const { return row_.files.empty() || matches_any_glob(row_.files, file); }

    std::string message(std::string_view thing, std::string_view key, std::string_view value) const {
        std::string text = replace_all(row_.message, "{thing}", thing);
        text = replace_all(text, "{key}", kube::shown(key));
        return replace_all(text, "{value}", is_secret_name(key) || is_secret(key, value) ? "***" : kube::shown(value));
    }

    void judge(const Reached& one, std::string_view thing, const Tell& tell) const {
        std::string shown, ignored;
        for (const Beside& beside : row_.where) {
            const auto value = one.holder ? one.holder->find(beside.key) : std::nullopt;
            if (!holds(beside.condition, value, ignored, row_.in == "workflow")) return;
        }
        if (one.value && one.value->is_scalar()) shown = one.value->text();
        if (holds(row_.wrong, one.value, shown, row_.in == "workflow")) tell(one.place, message(thing, one.key, shown));
    }

    // Of several paths those count that lead to something; where none does, the first.
    void judge_thing(const Branch& at, std::string_view thing, const Tell& tell) const {
        std::vector<Reached> all;
        for (const auto& path : row_.paths) {
            std::vector<Reached> found;
            walk(at, path, [&](const Reached& one) { found.push_back(one); });
            const bool counts = std::any_of(found.begin(), found.end(), [](const Reached& one) { return one.value; });
            if (counts || all.empty()) std::move(found.begin(), found.end(), std::back_inserter(all));
        }
        const auto is_there = std::any_of(all.begin(), all.end(), [](const Reached& one) { return one.value; });
        for (const Reached& one : all)
            if (one.value || row_.paths.size() == 1 || !is_there) judge(one, thing, tell);
    }

    void compose() {
        for (const Compose& compose : project_.composes) {
            if (std::none_of(compose.files.begin(), compose.files.end(), [&](auto& file) { return takes(file); }))
                continue;
            Hits hits;
            std::optional<compose::Jobs> jobs;
            if (row_.each == "lasting") jobs.emplace(*compose.read);
            for (const auto& service : compose.read->services) {
                if (jobs && !compose::runs_on(service, *jobs)) continue;
                judge_thing(service.value, compose::short_word(service.name), [&](const auto& place, auto text) {
                    compose::add(hits, compose, service, place.line > 0 ? place : service.place, std::move(text));
                });
            }
            found_(compose.profile, std::move(hits));
        }
    }

    void kubernetes() {
        for (const Kube& kube : project_.kubes) {
            if (!takes(kube.file)) continue;
            Hits hits;
            const auto look = [&](const YamlNode& node, const std::string& thing, const read::KubeObject& object) {
                const bool is_milder = has_item(row_.warning_kinds, object.kind);
                judge_yaml(node, thing, kube.file, hits, is_milder ? std::optional(Level::warning) : std::nullopt);
            };
            const auto is_of_kind = [&](const read::KubeObject& object) {
                return row_.kinds.empty() || has_item(row_.kinds, object.kind);
            };
            if (row_.each == "pod")
                kube::each_workload(kube, [&](const kube::Workload& one) {
                    if (one.spec && is_of_kind(one.object)) look(*one.spec, kube::label(one.object), one.object);
                });
            else if (row_.each == "container" || row_.each == "server")
                kube::each_container(kube, [&](const kube::Container& one) {
                    const bool ends = one.starts_first || kube::runs_once(one.workload);
                    if (is_of_kind(one.workload.object) && (row_.each == "container" || !ends))
                        look(one.node, kube::label(one), one.workload.object);
                });
            else
                for (const auto& object : kube.read->objects)
                    if (is_of_kind(object)) look(object.root, kube::label(object), object);
            found_(kube.profile, std::move(hits));
        }
    }

    void workflows() {
        for (const Workflow& workflow : project_.workflows) {
            const auto& documents = *workflow.read;
            if (!takes(workflow.file) || !documents.ok() || documents.value().size() != 1) continue;
            Hits hits;
            const YamlNode& root = documents.value().front();
            const auto look = [&](const YamlNode& node, const std::string& thing) {
                judge_yaml(node, thing, workflow.file, hits);
            };
            const auto* const jobs = root.find("jobs");
            if (row_.each == "file") look(root, "the workflow");
            for (std::size_t i = 0; jobs && row_.each != "file" && i < jobs->entries.size(); ++i) {
                const auto& [name, job] = jobs->entries[i];
                const auto thing = "job " + kube::shown(name.scalar);
                if (row_.each == "job") look(job, thing);
                if (row_.each != "step") continue;
                const auto steps = read::workflow_steps(job);
                for (std::size_t k = 0; k < steps.size(); ++k)
                    look(*steps[k], "step " + std::to_string(k + 1) + " of " + thing);
            }
            found_(project_.profile, std::move(hits));
        }
    }

    void judge_yaml(const YamlNode& node, const std::string& thing, const std::string& file, Hits& hits,
                    std::optional<Level> level = {}) const {
        judge_thing(node, thing, [&](const auto& place, auto text) {
            hits.add(file, place.line > 0 ? place.line : node.line, place.line > 0 ? place.column : node.column,
                     std::move(text))
                .level = level;
        });
    }

    // A text with a place of its own: an instruction, a variable, a line.
    void judge_text(std::string_view text, std::string_view key, std::string_view thing, const std::string& file,
                    int line, int column, Hits& hits) const {
        YamlNode node;
        node.kind = YamlNode::Kind::scalar;
        node.scalar = text;
        node.settled = row_.in != "env"; // ${NAME} of a script or an instruction is what it says
        judge({Branch(node), {}, std::string(key), {}}, thing,
              [&](const auto&, auto message) { hits.add(file, line, column, std::move(message)); });
    }

    // Of the stages that are built: a path is the word of an instruction.
    void dockerfiles() {
        for (const Dockerfile& dockerfile : project_.dockerfiles) {
            if (!takes(dockerfile.file)) continue;
            Hits hits;
            bool is_there = false;
            const auto chain = dockerfile.read->chain(dockerfile.target);
            for (const auto number : chain) {
                const auto& stage = dockerfile.read->stages[number];
                for (auto i = stage.first; i < stage.end; ++i) {
                    const auto& one = dockerfile.read->instructions[i];
                    if (!has_item(row_.paths, one.word)) continue;
                    is_there = true;
                    judge_text(one.arguments, upper(one.word), "the image", dockerfile.file, one.line, one.column,
                               hits);
                }
            }
            if (!is_there && !chain.empty() && row_.wrong.missing)
                hits.add(dockerfile.file,
                         dockerfile.read->instructions[dockerfile.read->stages[chain.back()].first].line, 1,
                         message("the image", row_.paths.front(), ""));
            found_(dockerfile.profile, std::move(hits));
        }
    }

    // A path is a variable's name, or a glob of some.
    void env() {
        for (const EnvValues& values : project_.values) {
            if (!takes(values.file)) continue;
            Hits hits;
            for (const EnvValue& one : values.all)
                if (matches_any_glob(row_.paths, one.name))
                    judge_text(one.value, one.name, one.name, one.file, one.line, one.column, hits);
            found_(values.profile, std::move(hits));
        }
    }

    void files() {
        bool is_empty = true;
        for (const auto& path : project_.paths) {
            if (!takes(path) || !project_.in_scope(path)) continue;
            const auto text = project_.read(path);
            if (!text) continue;
            Hits hits;
            is_empty = false;
            if (row_.in == "text") {
                int number = 0;
                for (const auto& line : split(replace_all(*text, "\r\n", "\n"), '\n'))
                    judge_text(line, "", file_name(path), path, ++number, 1, hits);
            } else if (const auto documents = sys::parse_yaml_documents(*text, path, sys::YamlDialect::compose);
                       documents.ok()) {
                for (const YamlNode& document : documents.value())
                    judge_yaml(document, std::string(file_name(path)), path, hits);
            } else {
                hits.add(
                    path, documents.error().place.line, documents.error().place.column,
                    "the file is not valid YAML; the rule can't check it; fix the file, or narrow the rule's files");
            }
            found_(profile_of(path).value_or(project_.profile), std::move(hits));
        }
        if (!is_empty) return;
        Hits hits;
        hits.add("", 0, 0, "rule " + row_.id + " looks at nothing; no file matches files:; correct the globs").level =
            Level::warning;
        found_(project_.profile, std::move(hits));
    }

    const RuleRow& row_;
    const Project& project_;
    const FoundIn& found_;
};

}

void ask_row(const RuleRow& row, const Project& project, const FoundIn& found) { Asker(row, project, found).ask(); }

}
