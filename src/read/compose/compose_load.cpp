#include "base/path.h"
#include "base/text.h"
#include "read/compose/compose.h"
#include "read/compose/compose_find.h"
#include "read/compose/compose_interpolate.h"
#include "read/compose/compose_merge.h"
#include "read/compose/compose_normalise.h"
#include "read/env/env.h"
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <unordered_map>

namespace fairlead::read {
namespace {

using Value = ComposeValue;
using Variables = ComposeVariables;

constexpr std::size_t file_limit = 100;      // read, included and extended ones together
constexpr std::size_t value_limit = 600'000; // seen by merging
constexpr int chain_limit = 50;              // of extends and of include

// As compose makes a project's name of a folder's.
std::string project_name(std::string_view text) {
    std::string name = lower(text);
    std::erase_if(name,
                  [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'); });
    name.erase(0, name.find_first_not_of("_-"));
    return name;
}

// Where a model's files come from.
struct IncludeScope {
    std::string directory;
    const Variables& variables;
    std::vector<std::string> chain; // of include
    int number = 0;                 // another one is another scope
};

// Services by name, for as long as none is added.
struct Services {
    explicit Services(Value* services) : value(services) {
        for (std::size_t at = 0; at < value->items.size(); ++at) index.emplace(value->items[at].key, at);
    }
    Value* value;
    std::unordered_map<std::string, std::size_t> index;
};

// Compose 1 had no sections: each key was a service.
bool is_first_format(const Value& file) {
    return !file.items.empty() && std::all_of(file.items.begin(), file.items.end(), [](const Value& one) {
        return one.is_map() && (one.find("image") != nullptr || one.find("build") != nullptr);
    });
}

// `build: web` and `dockerfile: web.docker` of a service are one map by now.
void join_build(Value& service) {
    auto* const build = service.find("build");
    const auto dockerfile = std::find_if(service.items.begin(), service.items.end(),
                                         [](const Value& one) { return one.key == "dockerfile"; });
    if (build == nullptr || !build->is_scalar() || dockerfile == service.items.end()) return;
    Value context = *build;
    context.key = "context";
    build->kind = Value::Kind::map;
    build->text.clear();
    build->items = {std::move(context), std::move(*dockerfile)};
    service.items.erase(dockerfile);
}

Value below_services(Value file) {
    Value whole;
    whole.kind = Value::Kind::map;
    whole.place = file.place;
    for (Value& service : file.items) join_build(service);
    file.key = "services";
    file.key_place = file.place;
    whole.items.push_back(std::move(file));
    return whole;
}

class Loader {
  public:
    Loader(const ComposeInput& input, ComposeProject& project) : input_(input), project_(project) {}

    Value model(const std::vector<std::string>& files, const IncludeScope& scope) {
        Value result;
        result.kind = Value::Kind::map;
        for (const std::string& file : files) add_file(file, {file, nullptr}, result, scope, true);
        resolve_compose_paths(result, scope.directory);
        return result;
    }

  private:
    struct Wanted { // a file and what names it
        std::string file;
        const Value* by;
    };
    struct Chain {
        std::set<std::string> seen; // "file:service"
        int depth = 0;
    };

    void problem(const ComposePlace& place, std::string message) {
        project_.problems.push_back({place, std::move(message)});
    }

    // The documents of a file, interpolated; its number in project_.files.
    std::vector<Value> documents(const Wanted& wanted, const IncludeScope& scope) {
        const ComposePlace by = wanted.by == nullptr ? ComposePlace{-1, 0, 0} : wanted.by->place;
        const auto text = project_.files.size() < file_limit ? input_.read(wanted.file) : std::nullopt;
        if (!text) {
            problem(by, project_.files.size() < file_limit
                            ? fmt::format("'{}' is not there or can't be read; correct the path", wanted.file)
                            : fmt::format("'{}' is beyond the limit of {} files; include fewer files", wanted.file,
                                          file_limit));
            return {};
        }
        const auto known = std::find(project_.files.begin(), project_.files.end(), wanted.file);
        const int file = static_cast<int>(known - project_.files.begin());
        if (known == project_.files.end()) {
            project_.files.push_back(wanted.file);
            project_.raw.emplace_back();
        } else {
            ++again_;
        }
        auto parsed = sys::parse_yaml_documents(*text, wanted.file, sys::YamlDialect::compose);
        if (!parsed.ok()) {
            const Place& place = parsed.error().place;
            problem({file, place.line, place.column}, parsed.error().message);
            return {};
        }
        std::vector<Value> result;
        ComposeInterpolation interpolation(project_, scope.variables, *text);
        for (const sys::YamlNode& node : parsed.value()) {
            Value value = compose_value(node, file);
            if (value.kind == Value::Kind::null) continue;
            if (!value.is_map()) {
                problem(value.place, fmt::format("'{}' is not a map; begin it with services:", wanted.file));
                continue;
            }
            if (is_first_format(value)) {
                problem(value.items.front().key_place,
                        "this is the format of Compose 1; compose refuses it; put all of it below services:");
                value = below_services(std::move(value));
            }
            if (project_.raw[static_cast<std::size_t>(file)].items.empty())
                project_.raw[static_cast<std::size_t>(file)] = value;
            interpolation.replace(value);
            result.push_back(std::move(value));
        }
        return result;
    }

    bool affordable(const Value& value, const Value& into) {
        const std::size_t cost = count_values(value) + count_values(into);
        if (again_ > file_limit || cost > left_) {
            if (!std::exchange(told_, true))
                problem(value.place, "this file and the files that it includes or extends are too large to read; the "
                                     "rest is not judged; split the project");
            return false;
        }
        left_ -= cost;
        return true;
    }

    void add_file(const std::string& file, const Wanted& wanted, Value& into, const IncludeScope& scope, bool whole) {
        for (Value& document : documents(wanted, scope)) {
            if (!affordable(document, into)) return;
            if (whole) {
                IncludeScope inner = scope;
                inner.chain.push_back(file);
                include(document, inner);
                extend_all(document, file, scope);
            }
            merge_compose(into, std::move(document), "", project_);
            strip_marks(into);
            make_unique(into, "", project_);
            normalise_compose(into, project_, left_);
            make_unique(into, "", project_);
        }
    }

    static std::vector<Value> list_of(const Value* value) {
        if (value == nullptr) return {};
        return value->is_list() ? value->items : std::vector<Value>{*value};
    }

    void include(Value& document, const IncludeScope& scope) {
        const Value* const wanted = document.find("include");
        if (wanted == nullptr) return;
        const std::vector<Value> entries = list_of(wanted);
        std::erase_if(document.items, [](const Value& item) { return item.key == "include"; });
        for (const Value& entry : entries) {
            const std::vector<Value> paths = list_of(entry.is_map() ? entry.find("path") : &entry);
            if (!paths.empty()) include_one(document, entry, paths, scope);
        }
    }

    void include_one(Value& document, const Value& entry, const std::vector<Value>& paths, const IncludeScope& scope) {
        std::vector<std::string> files;
        for (const Value& path : paths)
            if (path.is_scalar() && is_elsewhere(path.text))
                problem(path.place, "the include is fetched from elsewhere, so its services can't be judged; include a "
                                    "file of the project");
            else if (path.is_scalar())
                files.push_back(join_path(scope.directory, path.text));
        if (files.empty()) return;
        if (std::find(scope.chain.begin(), scope.chain.end(), files[0]) != scope.chain.end() ||
            scope.chain.size() > chain_limit)
            return problem(entry.place, fmt::format("'{}' includes itself; remove one include", files[0]));
        const auto directory = entry.text_at("project_directory");
        const std::string folder = directory.empty() ? directory_of(files[0]) : join_path(scope.directory, directory);
        std::vector<std::string> env_files;
        for (const Value& file : list_of(entry.find("env_file")))
            if (file.is_scalar() && file.text != "/dev/null")
                env_files.push_back(join_path(scope.directory, file.text));
        if (entry.find("env_file") == nullptr) env_files = {join_path(folder, ".env")};
        Variables variables = scope.variables;
        add_env_files(variables, env_files, input_);
        Value included;
        included.kind = Value::Kind::map;
        const IncludeScope inner{folder, variables, scope.chain, ++scopes_};
        for (const std::string& file : files) add_file(file, {file, &entry}, included, inner, true);
        resolve_compose_paths(included, folder);
        import(document, std::move(included), entry, scope.chain.back());
    }

    // The including file's own services win over those that it includes.
    void import(Value& document, Value included, const Value& entry, const std::string& own) {
        std::vector<Value> of_both; // an include before this one has them, too
        for (const std::string_view section : {"services", "volumes", "networks", "secrets", "configs", "models"}) {
            Value* const from = included.find(section);
            if (from == nullptr || !from->is_map()) continue;
            Value* const to = document.find(section);
            if (to == nullptr || !to->is_map()) {
                std::erase_if(document.items, [&](const Value& item) { return item.key == section; });
                document.items.push_back(std::move(*from));
                continue;
            }
            Value merged = std::move(*from);
            for (const Value& mine : to->items)
                if (const Value* const theirs = merged.find(mine.key);
                    mine.kind != Value::Kind::null && theirs != nullptr && !says_the_same(mine, *theirs)) {
                    if (project_.file(mine.key_place) == own)
                        twice(mine, *theirs);
                    else if (mine.tag == Value::Tag::none)
                        of_both.push_back(mine);
                }
            merge_compose(merged, std::move(*to), section, project_);
            *to = std::move(merged);
        }
        if (of_both.empty()) return;
        const auto more = of_both.size() - 1;
        problem(entry.place,
                fmt::format("'{}'{} also in {}, which is included, too; older versions of compose refuse that; use "
                            "other names",
                            of_both.front().key, more > 0 ? fmt::format(" and {} more are", more) : " is",
                            project_.file(of_both.front().key_place)));
    }

    void twice(const Value& mine, const Value& theirs) {
        if (mine.tag != Value::Tag::none) return;
        problem(mine.key_place,
                fmt::format("'{}' is also in {}:{}, which this file includes; older versions of compose refuse that; "
                            "use another name, or override it in a file of the include's path",
                            mine.key, project_.file(theirs.key_place), theirs.key_place.line));
    }

    void extend_all(Value& document, const std::string& file, const IncludeScope& scope) {
        Value* const value = document.find("services");
        if (value == nullptr || !value->is_map()) return;
        Services services(value);
        for (std::size_t at = 0; at < value->items.size(); ++at) {
            Chain chain;
            chain.seen.insert(fmt::format("{}:{}", file, value->items[at].key));
            extend(services, at, file, scope, chain);
        }
    }

    void extend(Services& services, std::size_t at, const std::string& file, const IncludeScope& scope, Chain& chain) {
        Value& own = services.value->items[at];
        const Value* const wanted = own.find("extends");
        if (wanted == nullptr || wanted->kind == Value::Kind::null) return;
        const Value extends = *wanted;
        std::erase_if(own.items, [](const Value& item) { return item.key == "extends"; });
        const std::string of(extends.is_map() ? extends.text_at("service") : std::string_view(extends.text));
        const Value* const from = extends.find("file");
        std::string other = file;
        if (from != nullptr) other = from->resolved ? from->text : join_path(scope.directory, from->text);
        if (!chain.seen.insert(fmt::format("{}:{}", other, of)).second || ++chain.depth > chain_limit)
            return problem(
                extends.place,
                fmt::format("service '{}' extends itself through '{}'; remove one of these extends", own.key, of));
        Services& bases = from == nullptr ? services : extended(other, extends, scope);
        const auto base_at = bases.index.find(of);
        if (base_at == bases.index.end())
            return problem(extends.place,
                           fmt::format("service '{}' extends '{}', which is not in {}; name a service of that file",
                                       own.key, of, other));
        extend(bases, base_at->second, other, scope, chain);
        Value base = bases.value->items[base_at->second];
        if (!base.is_map() || !affordable(base, own)) return;
        strip_marks(base);
        base.key = own.key;
        base.key_place = own.key_place;
        base.place = own.place;
        merge_compose(base, std::move(own), "services.*", project_);
        own = std::move(base);
    }

    // The services of another file, with paths from the project's root.
    Services& extended(const std::string& file, const Value& by, const IncludeScope& scope) {
        auto& found = extended_[{file, scope.number}];
        if (found == nullptr) {
            Value model;
            model.kind = Value::Kind::map;
            add_file(file, {file, &by}, model, scope, false);
            resolve_compose_paths(model, directory_of(file));
            Value* const services = model.find("services");
            found = std::make_unique<Extended>(services == nullptr ? Value() : std::move(*services));
        }
        return found->services;
    }

    struct Extended {
        explicit Extended(Value found) : value(std::move(found)), services(&value) {}
        Value value;
        Services services;
    };

    const ComposeInput& input_;
    ComposeProject& project_;
    std::map<std::pair<std::string, int>, std::unique_ptr<Extended>> extended_; // by scope
    int scopes_ = 0;
    std::size_t left_ = value_limit;
    std::size_t again_ = 0; // files that were read more than once
    bool told_ = false;
};

// A file that is read twice says everything twice.
template <typename Told, typename Key>
void once(std::vector<Told>& all, Key key) {
    std::set<decltype(key(all[0]))> seen;
    std::erase_if(all, [&](const Told& told) { return !seen.insert(key(told)).second; });
}

auto key_of(const ComposePlace& place) { return std::tuple(place.file, place.line, place.column); }

// ${COMPOSE_PROJECT_NAME} is never unset.
std::string name_of_project(const ComposeInput& input, const Variables& variables) {
    if (std::string name = variable_value(variables, "COMPOSE_PROJECT_NAME"); !name.empty()) return name;
    const std::string folder = project_name(file_name(directory_of(input.files[0])));
    return folder.empty() ? "project" : folder;
}

}

ComposeProject read_compose(const ComposeInput& input) {
    ComposeProject project;
    if (input.files.empty()) return project;
    project.named = input.files.size();
    project.directory = input.directory.empty() ? directory_of(input.files[0]) : input.directory;
    project.variables = variables_in(project.directory, input);
    project.variables.emplace("COMPOSE_PROJECT_NAME", name_of_project(input, project.variables));
    std::vector<std::string> profiles = input.profiles;
    for (std::string& profile : split(variable_value(project.variables, "COMPOSE_PROFILES"), ','))
        if (!trim(profile).empty()) profiles.emplace_back(trim(profile));
    Loader loader(input, project);
    project.model = loader.model(input.files, {project.directory, project.variables, {}, 0});
    if (Value* const services = project.model.find("services")) {
        if (services->is_map()) read_services(*services, profiles, project);
        std::erase_if(project.model.items, [](const Value& item) { return item.key == "services"; });
    }
    once(project.problems, [](const ComposeProblem& p) { return std::pair(key_of(p.place), p.message); });
    once(project.references,
         [](const ComposeReference& r) { return std::tuple(key_of(r.place), r.name, r.operation, r.operand, r.set); });
    once(project.duplicates, [](const ComposeDuplicate& d) { return std::pair(key_of(d.second), d.name); });
    return project;
}

}
