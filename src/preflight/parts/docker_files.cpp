#include "preflight/parts/docker_files.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/told_commands.h"
#include "read/ignore.h"
#include <algorithm>

namespace fairlead::preflight::docker {

bool copies(const Instruction& one) { return one.verb == Verb::copy || one.verb == Verb::add; }

bool from_context(const Instruction& one) { return copies(one) && one.flag("from") == nullptr && one.words.size() > 1; }

std::vector<const read::Word*> sources(const Instruction& copy) {
    std::vector<const read::Word*> out;
    for (std::size_t i = 0; i + 1 < copy.words.size(); ++i)
        if (!copy.words[i].text.starts_with("<<")) out.push_back(&copy.words[i]);
    return out;
}

bool is_url(std::string_view source) {
    return source.find("://") != source.npos || source.starts_with("git@") || source.ends_with(".git");
}

bool is_pattern(std::string_view source) { return source.find_first_of("*?[$") != source.npos; }

std::string context_path(std::string_view source) {
    std::string out;
    const std::string unquoted = replace_all(replace_all(source, "\"", ""), "'", ""); // as BuildKit takes a word
    for (const std::string& part : split(unquoted, '/'))
        if (part == "..") // at the context's root it leads nowhere
            out.resize(out.rfind('/') == out.npos ? 0 : out.rfind('/'));
        else if (!part.empty() && part != ".")
            out += (out.empty() ? "" : "/") + part;
    return out;
}

std::string in_project(const Dockerfile& subject, std::string_view path) {
    if (subject.context.empty() || subject.context == ".") return std::string(path);
    return path.empty() ? subject.context : subject.context + "/" + std::string(path);
}

bool covers(std::string_view source, std::string_view path) {
    if (is_pattern(source)) return glob_match(source, path);
    const std::string folder = context_path(source);
    return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

namespace {

// app/target of app/target/*/shop: what a pattern may match lies below it. app/package*.json takes no folder whole.
std::string fixed_folder(const std::string& path) {
    const auto first = path.find_first_of("*?[");
    if (first != path.npos && first > 0 && path[first - 1] != '/') return path;
    return first == path.npos ? path : path.substr(0, path.rfind('/', first) == path.npos ? 0 : path.rfind('/', first));
}

// Whether the image takes a folder whole out of that stage, by COPY --from: the one that its files went to.
bool hands_on(const Dockerfile& subject, std::size_t stage) {
    std::string folder = "/";
    for (std::size_t at = subject.read->stages[stage].first; at < subject.read->stages[stage].end; ++at)
        if (const Instruction& one = subject.read->instructions[at]; one.verb == Verb::workdir && !one.words.empty())
            folder = "/" + context_path(one.words.front().text);
    for (const Placed& placed : shipped(subject)) {
        const Instruction& copy = *placed.instruction;
        const read::Flag* from = copy.verb == Verb::copy ? copy.flag("from") : nullptr;
        if (from == nullptr || subject.read->stage(from->value, placed.stage) != stage) continue;
        for (const read::Word* source : sources(copy))
            if (covers(fixed_folder(context_path(source->text)), folder.substr(1))) return true;
    }
    return false;
}

}

bool ends_in_image(const Dockerfile& subject, std::size_t stage) {
    const auto chain = subject.read->chain(subject.target);
    return std::find(chain.begin(), chain.end(), stage) != chain.end() || hands_on(subject, stage);
}

namespace {

bool is_template(std::string_view name) { return is_env_template(name) || name.find(".schema") != name.npos; }

}

bool looks_secret(std::string_view source) {
    const std::string_view name = source.substr(source.rfind('/') + 1);
    return is_one_of(name, {".env", "id_rsa", "id_ed25519", ".npmrc", ".aws", ".netrc", ".pypirc"}) ||
           is_one_of(name, {".env.production", ".env.prod", ".env.local", ".env.staging", ".env*", ".env.*", "*.pem",
                            "*.key"});
}

bool is_secret_file(const Project& project, std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const auto is_default = [&](const EnvFile& one) { return one.is_template && one.file == path; }; // Symfony's .env
    if (name == ".env" || name.starts_with(".env."))
        return !is_template(name) && !name.ends_with(".d.ts") &&
               std::none_of(project.env_files.begin(), project.env_files.end(), is_default);
    const auto text = [&] { return project.read ? project.read(std::string(path)).value_or("") : std::string(); };
    if (name.ends_with(".pem") || name.ends_with(".key") || name.starts_with("id_rsa") ||
        name.starts_with("id_ed25519"))
        return !name.ends_with(".pub") && !name.starts_with("localhost") &&
               profile_of(path) != Profile::development && // a test's own
               text().find("PRIVATE KEY") != std::string::npos;
    if (name == ".npmrc") {
        const std::string content = text();
        return (content.find("_authToken=") != std::string::npos || content.find("_password=") != std::string::npos) &&
               content.find("${") == std::string::npos;
    }
    return path.find(".aws/credentials") != path.npos;
}

bool holds_secret(const Project& project, const std::string& path) {
    if (file_name(path).find(".env") == std::string_view::npos) return true;
    if (profile_of(path) == Profile::development) return false;
    const auto text = project.read ? project.read(path) : std::nullopt;
    if (!text) return true;
    for (const std::string& line : split(*text, '\n')) {
        const auto equals = line.find('=');
        if (equals == std::string::npos || line.front() == '#') continue;
        const std::string_view value = trim(std::string_view(line).substr(equals + 1));
        if (value.starts_with("{{")) continue;
        if (gives_secret_away(trim(std::string_view(line).substr(0, equals)), value)) return true;
    }
    return false;
}

std::vector<std::string> secret_files(const Dockerfile& subject, const Project& project) {
    std::vector<std::string> out;
    const std::string folder = in_project(subject, ""), below = folder.empty() ? "" : folder + "/";
    const auto look = [&](const std::string& path) {
        if (path.find(".env") == path.npos && path.find(".pem") == path.npos && path.find(".key") == path.npos &&
            path.find("id_") == path.npos && path.find(".npmrc") == path.npos && path.find(".aws") == path.npos)
            return;
        if (!path.starts_with(below)) return;
        const std::string inside = path.substr(below.size());
        if ((!subject.ignore || subject.ignore->sent(inside)) && is_secret_file(project, path)) out.push_back(inside);
    };
    for (auto at = std::lower_bound(project.paths.begin(), project.paths.end(), below);
         at != project.paths.end() && at->starts_with(below); ++at)
        look(*at);
    for (const std::string& path : project.ignored) look(path);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    std::stable_partition(out.begin(), out.end(), // who tells of one tells of the gravest
                          [&](const std::string& path) { return holds_secret(project, in_project(subject, path)); });
    return out;
}

bool is_context_piped(const Dockerfile& subject, const Project& project) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find(subject.file) == text->npos) return false;
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            const auto build = line.find(" build ");
            return build != line.npos && line.find('|') < build && names_file(line, subject.file) &&
                   has_any(line.substr(build) + " ", {" - ", " -\""});
        });
    });
}

}
