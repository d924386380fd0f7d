#include "preflight/rules/code_overridden.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/kube_look.h"
#include "preflight/uses/running_services.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <vector>

namespace fairlead::preflight {

namespace {

// Walks over JSON with comments, and keeps the keys of the objects that are open.
class JsonKeys {
  public:
    explicit JsonKeys(std::string_view text) : text_(text) {}

    // Those of the last key that begins in the line.
    std::vector<std::string> at(int line) {
        std::vector<std::string> found;
        int number = 1;
        for (std::size_t i = 0; i < text_.size() && number <= line; ++i) {
            const char c = text_[i];
            if (c == '\n') ++number;
            if (c == '/' && text_.substr(i, 2) == "//") i = std::min(text_.find('\n', i), text_.size()) - 1;
            if (c == '{') open_.push_back(key_);
            if (c == '}' && !open_.empty()) open_.pop_back();
            if (c != '"') continue;
            const auto end = end_of_text(i);
            const auto word = text_.substr(i + 1, end - i - 1);
            i = end;
            if (const auto next = text_.find_first_not_of(" \t\r\n", end + 1); next == text_.npos || text_[next] != ':')
                continue;
            key_ = std::string(word);
            if (number != line) continue;
            found = open_;
            found.push_back(key_);
        }
        return found;
    }

  private:
    std::size_t end_of_text(std::size_t begin) const {
        for (auto i = begin + 1; i < text_.size(); ++i)
            if (text_[i] == '\\')
                ++i;
            else if (text_[i] == '"')
                return i;
        return text_.size();
    }

    std::string_view text_;
    std::string key_;
    std::vector<std::string> open_; // the first one is the file's, without a name
};

// Neither left out nor the same once more.
bool sets_another(const std::optional<std::string>& given, std::string_view value) {
    return given && !given->empty() && given->find(value) == std::string::npos;
}

// Whether the line stands in a method that is named for tokens that have expired.
bool is_for_expired_tokens(std::string_view source, int line) {
    static const auto method = sys::Pattern::compile(
        R"(^\s*(?:(?:public|private|protected|internal|static|async|override|virtual)\s+)+[\w<>\[\]?., ]*?\b(\w+)\s*\()");
    std::string name;
    int number = 0;
    std::vector<std::string_view> groups;
    for (const auto& one : split(source, '\n')) {
        if (++number > line) break;
        if (method.value().search(one, 0, groups)) name = lower(groups[1]);
    }
    return name.find("expired") != std::string::npos;
}

enum class Set { nobody, some, all };

// SPRING_JPA_HIBERNATE_DDLAUTO, or ..._DDL_AUTO as people write it: Spring takes both.
bool is_same_variable(std::string_view one, std::string_view other) {
    return replace_all(lower(one), "_", "") == replace_all(lower(other), "_", "");
}

Set by_compose(const Project& project, const std::string& path, const std::string& name, std::string_view value) {
    const auto services = services_built_with(project, path);
    const auto sets = [&](const RunningService& running) {
        const auto& all = running.service->environment;
        return std::any_of(all.begin(), all.end(), [&](const read::ComposeVariable& one) {
            return is_same_variable(one.name, name) &&
                   (sets_another(one.value, value) || (one.node != nullptr && one.node->interpolated));
        });
    };
    if (services.empty()) return Set::nobody;
    return std::all_of(services.begin(), services.end(), sets) ? Set::all : Set::some;
}

bool by_manifest(const Project& project, const std::string& name, std::string_view value) {
    bool is_set = false;
    for (const Kube& one : project.kubes)
        kube::each_container(one, [&](const kube::Container& container) {
            const auto* const env = container.node.find("env");
            for (const auto& variable : env != nullptr ? env->items : std::vector<sys::YamlNode>())
                if (is_same_variable(read::kube_text(variable, "name"), name))
                    is_set = is_set || variable.find("valueFrom") != nullptr ||
                             sets_another(read::kube_text(variable, "value"), value);
        });
    return is_set;
}

// deploy.yml: ConnectionStrings__Default: ${{ secrets.DATABASE }}
bool by_workflow(const Project& project, const std::string& name) {
    return std::any_of(project.workflows.begin(), project.workflows.end(), [&](const Workflow& one) {
        if (!has_any(lower(file_name(one.file)), {"deploy", "release", "prod"})) return false;
        const auto lines = split(one.text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find(name) != line.npos && line.find("secrets.") != line.npos;
        });
    });
}

// CMD java -Djwt.secret=$JWT_SECRET -jar app.jar, or the same behind it: --jwt.secret=$JWT_SECRET
bool by_start(const Project& project, const std::string& setting) {
    const auto gives = [&](std::string_view text) {
        return has_any(text, {"-D" + setting + "=$", "--" + setting + "=$"});
    };
    return std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(),
                       [&](const Dockerfile& one) { return !project.is_for_development(one) && gives(one.text); });
}

}

std::string spring_setting(std::string_view path, std::string_view text, int line) {
    const auto lines = split(text, '\n');
    if (line < 1 || static_cast<std::size_t>(line) > lines.size()) return "";
    const auto key_of = [](std::string_view one, std::string_view ends) {
        const auto end = one.find_first_of(ends);
        return end == one.npos || trim(one).starts_with('#') ? std::string() : std::string(trim(one.substr(0, end)));
    };
    auto at = static_cast<std::size_t>(line) - 1;
    if (path.ends_with(".properties")) return key_of(lines[at], "=:");
    auto name = key_of(lines[at], ":");
    auto depth = lines[at].find_first_not_of(' ');
    for (; !name.empty() && depth > 0 && at > 0; --at) {
        const auto& above = lines[at - 1];
        const auto begins = above.find_first_not_of(' ');
        if (begins == above.npos || begins >= depth) continue;
        const auto key = key_of(above, ":");
        if (key.empty()) continue;
        depth = begins;
        name = key + "." + name;
    }
    return name;
}

std::string variable_of_setting(std::string_view json, int line) {
    const auto keys = JsonKeys(json).at(line);
    return keys.size() < 2 ? std::string() : join(std::span(keys).subspan(1), "__");
}

bool is_set_by_deployment(const Project& project, const std::string& path, int line, std::string_view value) {
    const bool is_spring = file_name(path).starts_with("application");
    if (!is_spring && !file_name(path).starts_with("appsettings.")) return false;
    const auto text = project.read(path).value_or("");
    const auto setting = is_spring ? spring_setting(path, text, line) : "";
    const auto name =
        is_spring ? upper(replace_all(replace_all(setting, ".", "_"), "-", "")) : variable_of_setting(text, line);
    if (name.empty()) return false;
    if (is_spring && by_start(project, setting)) return true;
    const auto composed = by_compose(project, path, name, value);
    if (composed == Set::some) return false;
    return composed == Set::all ? project.kubes.empty() || by_manifest(project, name, value)
                                : by_manifest(project, name, value) || by_workflow(project, name);
}

bool is_for_refresh(const Project& project, const std::string& path, int line) {
    static const auto checks = sys::Pattern::compile(R"(\bValidateLifetime\s*=\s*true\b)");
    return is_for_expired_tokens(project.read(path).value_or(""), line) &&
           some_source(
               project, [](std::string_view other) { return other.ends_with(".cs"); },
               [](const std::string&, std::string_view text) { return checks.value().matches(text); });
}

bool is_replaced_in_production(const Project& project, const std::string& path, int number) {
    if (file_name(path) != "application.properties") return false;
    const auto lines = split(project.read(path).value_or(""), '\n');
    const auto at = static_cast<std::size_t>(number);
    if (number < 1 || at > lines.size()) return false;
    const auto begin = lines[at - 1].substr(0, lines[at - 1].find('=') + 1);
    for (const std::string_view name : {"application-prod.properties", "application-production.properties"})
        for (const auto& line : split(project.read(path_in(folder_of(path), name)).value_or(""), '\n'))
            if (!begin.empty() && line.starts_with(begin + "${") && line.find(':') == line.npos) return true;
    return false;
}

bool is_for_typeorm_alone(const Project& project, const std::string& path) {
    const auto folder = folder_of(path);
    const auto name = std::string(file_name(path)), stem = name.substr(0, name.rfind('.'));
    if (!some_file_names(project, path, '/', [](const std::string& by) { return file_name(by) == "package.json"; }))
        return false;
    const auto is_script = [](std::string_view by) { return by.ends_with(".ts") || by.ends_with(".js"); };
    return !some_source(project, is_script, [&](const std::string& by, std::string_view text) {
        for (auto at = text.find(stem); at != text.npos; at = text.find(stem, at + 1)) {
            const auto quote = text.find_last_of("'\"\n", at);
            const auto spec = quote == text.npos ? std::string_view() : text.substr(quote + 1, at - quote - 1);
            const bool is_relative = spec.starts_with("./") || spec.starts_with("../");
            if (by != path && (!is_relative || path_in(folder_of(by), spec) == folder)) return true;
        }
        return false;
    });
}

bool is_run_by_hand(const Project& project, const std::string& path) {
    const auto name = file_name(path), stem = name.substr(0, name.rfind('.'));
    return has_any(project.read(path).value_or(""),
                   {"host: 'localhost'", "host: \"localhost\"", "host: '127.0.0.1'"}) &&
           !some_file_names(project, stem, '-', [&](const std::string& by) { return by != path; });
}

}
