#include "read/ignore.h"
#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// .dockerignore, asked as Docker asks it: would this path be sent?
namespace fairlead::preflight {

namespace {

using namespace docker;

constexpr std::string_view text_of_new =
    ".git\n**/.env*\n!**/.env.example\n**/*.pem\n**/*.key\n**/__pycache__\n**/node_modules\n"
    "**/.venv\n.vscode\n.idea\n*.md\n.dockerignore\nDockerfile*\n";

std::string beside(const Dockerfile& subject) { return in_project(subject, ".dockerignore"); }

// What of the new file's patterns would leave out although a COPY names it, or a package's manifest reads it: the
// exceptions for that. Of all Dockerfiles that the file would serve.
class Exceptions {
  public:
    explicit Exceptions(const Project& project) : project_(project), ignore_(read::read_ignore(text_of_new)) {}

    void of_copies(const Dockerfile& subject) {
        for (const Instruction& one : subject.read->instructions) {
            for (const read::Flag& flag : one.flags) of_mount(flag);
            if (!from_context(one)) continue;
            for (const read::Word* source : sources(one)) {
                const std::string path = context_path(source->text);
                if (is_url(source->text) || path.empty() || path.find("..") != path.npos) continue;
                if (!is_pattern(path)) add(path);
                const std::string folder = in_project(subject, ""), below = folder.empty() ? "" : folder + "/";
                const std::string begin = below + (is_pattern(path) ? "" : path);
                const auto& paths = project_.paths;
                for (auto at = std::lower_bound(paths.begin(), paths.end(), begin);
                     at != paths.end() && at->starts_with(begin); ++at) {
                    if (left_ == 0 || --left_ == 0) return;
                    const std::string& file = *at;
                    const auto inside = file.substr(below.size());
                    if (covers(source->text, inside) && !is_secret_file(project_, file)) add(inside);
                }
            }
        }
    }
    void of_manifests(const Dockerfile& subject) {
        for (const std::string_view name : {"pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml", "MANIFEST.in"}) {
            const auto text = project_.read(in_project(subject, name));
            if (!text) continue;
            for (const std::string& word : split(replace_all(replace_all(*text, "'", "\""), " ", "\""), '"'))
                for (const std::string& line : split(word, '\n'))
                    if (const std::string path(trim(std::string_view(line)));
                        path.ends_with(".md") && !path.starts_with('/') && path.find("..") == path.npos &&
                        !is_pattern(path))
                        add(path);
        }
    }
    std::string lines() const { return lines_; }

  private:
    // RUN --mount=type=bind,source=docs/x.md: of the context, unless it has `from`.
    void of_mount(const read::Flag& flag) {
        std::string source;
        bool is_bind = false;
        for (const auto& part : flag.name == "mount" ? split(flag.value, ',') : std::vector<std::string>()) {
            const auto key = part.substr(0, part.find('='));
            const auto value = part.substr(std::min(key.size() + 1, part.size()));
            if (key == "from") return;
            is_bind = is_bind || (key == "type" && value == "bind");
            if (key == "source" || key == "src") source = context_path(value);
        }
        if (is_bind && !source.empty() && source.find("..") == source.npos && !is_pattern(source)) add(source);
    }

    void add(const std::string& path) {
        constexpr std::size_t most = 100;
        if (seen_.size() < most && path.find_first_of("\r\n") == path.npos && !ignore_.sent(path) &&
            seen_.insert(path).second)
            lines_ += "!" + path + "\n";
    }

    const Project& project_;
    const read::IgnoreFile ignore_;
    std::size_t left_ = 1'000'000; // comparisons: a hostile Dockerfile has many COPYs
    std::set<std::string> seen_;
    std::string lines_;
};

std::string text_of_new_for(const Dockerfile& subject, const Project& project) {
    Exceptions exceptions(project);
    for (const Dockerfile& one : project.dockerfiles)
        if (one.read && one.context == subject.context) exceptions.of_copies(one);
    exceptions.of_manifests(subject);
    return std::string(text_of_new) + exceptions.lines();
}

// The first COPY or ADD that takes `path` of the context; none: null.
Placed taker(const Dockerfile& subject, std::string_view path) { // no instruction: none takes it
    for (const Placed& placed : built(subject)) {
        if (!from_context(*placed.instruction)) continue;
        for (const read::Word* source : sources(*placed.instruction))
            if (!is_url(source->text) && covers(source->text, path)) return placed;
    }
    return {};
}

// Each ignore file once, with the Dockerfiles that it serves.
template <typename Do>
void each_ignore_file(const Project& project, Do act) {
    std::set<std::string> seen;
    for (const Dockerfile& first : project.dockerfiles) {
        if (!first.ignore || !seen.insert(first.ignore_file).second) continue;
        std::vector<const Dockerfile*> users;
        for (const Dockerfile& one : project.dockerfiles)
            if (one.ignore_file == first.ignore_file && one.read) users.push_back(&one);
        act(first, users);
    }
}

std::string copy_of(const Instruction& copy) {
    return brief(fmt::format("{} {}", upper(copy.word), copy.arguments), 36);
}

// A pattern more at the end of the ignore file.
void append(const Project& project, const Dockerfile& subject, Hit& hit, std::string_view lines) {
    const auto text = project.read ? project.read(subject.ignore_file) : std::nullopt;
    if (!text) return;
    const std::string_view end = text->empty() || text->ends_with('\n') ? "" : "\n";
    hit.edits.push_back(
        {subject.ignore_file, text->size(), text->size(),
         replace_all(fmt::format("{}{}\n", end, lines), "\n", text->find("\r\n") == text->npos ? "\n" : "\r\n")});
}

void missing(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (subject.ignore) return;
    const Instruction* copy = nullptr;
    bool takes_all = false;
    for (const Placed& placed : built(subject)) {
        if (!from_context(*placed.instruction) || placed.trigger) continue;
        for (const read::Word* word : sources(*placed.instruction)) {
            const auto path = is_url(word->text) ? std::string() : context_path(word->text);
            takes_all = !is_url(word->text) && path.empty();
            const auto there = in_project(subject, path);
            const bool is_folder =
                !path.empty() && (word->text.ends_with('/') || (project.is_there(there) && !project.has(there)));
            if (takes_all || (is_folder && copy == nullptr)) copy = placed.instruction;
            if (takes_all) break;
        }
        if (takes_all) break;
    }
    if (copy == nullptr) return; // single files: nothing else comes along
    Hit& found = hit(subject, hits, *copy,
                     fmt::format("there is no {}; {} takes all that lies there, even {}; run fairlead-preflight --fix",
                                 brief(beside(subject), 40), copy_of(*copy), takes_all ? ".git and .env" : ".env"));
    found.cause = "no .dockerignore";
    const bool known = subject.context_known || subject.file.find('/') == std::string::npos;
    if (known && !project.has(beside(subject)))
        found.edits.push_back({beside(subject), 0, 0, text_of_new_for(subject, project)});
}

bool is_named(const std::vector<const Dockerfile*>& users, std::string_view path) {
    for (const Dockerfile* user : users)
        for (const Instruction& one : user->read->instructions)
            if (from_context(one))
                for (const read::Word* source : sources(one))
                    if (context_path(source->text) == path) return true;
    return false;
}

void env_in_image(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>& users) {
        auto sorted = users; // what is deployed first
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const Dockerfile* a, const Dockerfile* b) { return a->profile > b->profile; });
        for (const Dockerfile* one : sorted) {
            for (const std::string& path : secret_files(*one, project)) {
                const Placed copy = taker(*one, path);
                if (copy.instruction == nullptr) continue;
                const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
                const std::string pattern = name.starts_with(".env") ? "**/.env*" : "**/" + std::string(name);
                Hit& found = hits.add(first.ignore_file, 1, 1,
                                      fmt::format("{} is not excluded; {} would take it; add {}", brief(path),
                                                  copy_of(*copy.instruction), brief(pattern)));
                found.cause = "sent\n" + in_project(*one, path);
                if (!holds_secret(project, in_project(*one, path)) || !ends_in_image(*one, copy.stage))
                    found.level = Level::warning;
                if (!is_named(users, path)) // else the COPY would fail
                    append(project, first, found, name.starts_with(".env") ? "**/.env*\n!**/.env.example" : pattern);
                return;
            }
        }
    });
}

const Instruction* taken(const std::vector<const Dockerfile*>& users, std::string_view path) {
    for (const Dockerfile* one : users)
        if (const Instruction* copy = taker(*one, path).instruction; copy != nullptr && one->ignore->sent(path))
            return copy;
    return nullptr;
}

void git(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>& users) {
        const bool at_root = first.context.empty() || first.context == ".";
        const Instruction* copy = at_root ? taken(users, ".git/config") : nullptr;
        if (copy == nullptr) return;
        append(project, first,
               hits.add(first.ignore_file, 1, 1,
                        fmt::format(".git is not excluded; {} would take the whole history; add .git", copy_of(*copy))),
               ".git");
    });
}

struct Made {
    std::string_view manifest, probe, pattern;
};
constexpr Made made[] = {
    {"package.json", "node_modules/a/index.js", "**/node_modules"},
    {"requirements.txt", "app/__pycache__/a.pyc", "**/__pycache__"},
    {"pyproject.toml", "app/__pycache__/a.pyc", "**/__pycache__"},
    {"requirements.txt", ".venv/bin/python", ".venv"},
    {"pyproject.toml", ".venv/bin/python", ".venv"},
    {"Cargo.toml", "target/debug/a", "target"},
    {"pom.xml", "target/classes/A.class", "target"},
};

void built_folders(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>& users) {
        std::vector<std::string> patterns;
        const Instruction* copy = nullptr;
        for (const Made& one : made) {
            if (!project.has(in_project(first, one.manifest))) continue;
            const Instruction* taking = taken(users, one.probe);
            // what somebody copies by name is wanted
            const bool by_name = std::any_of(users.begin(), users.end(), [&](const Dockerfile* user) {
                return one.pattern == "target" && user->text.find(" target") != std::string::npos;
            });
            if (taking == nullptr || by_name ||
                std::find(patterns.begin(), patterns.end(), one.pattern) != patterns.end())
                continue;
            copy = taking;
            patterns.emplace_back(one.pattern);
        }
        if (patterns.empty()) return;
        append(
            project, first,
            hits.add(first.ignore_file, 1, 1,
                     fmt::format("{} {} not excluded; {} would take this machine's files; add {}", patterns.front(),
                                 patterns.size() > 1 ? "and others are" : "is", copy_of(*copy), join(patterns, ", "))),
            join(patterns, "\n"));
    });
}

constexpr std::string_view dev_folders[] = {"tests/", "test/", "docs/", ".vscode/", ".idea/", ".github/"};

void dev_files(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>& users) {
        std::vector<std::string> patterns;
        const Instruction* copy = nullptr;
        for (const std::string_view folder : dev_folders) {
            const std::string below = in_project(first, folder);
            const auto found = std::lower_bound(project.paths.begin(), project.paths.end(), below);
            if (found == project.paths.end() || !found->starts_with(below)) continue;
            const std::string inside = found->substr(below.size() - folder.size());
            const Instruction* taking = taken(users, inside);
            if (taking == nullptr || !context_path(taking->words.front().text).empty()) continue;
            copy = taking;
            patterns.emplace_back(folder.substr(0, folder.size() - 1));
        }
        if (patterns.empty()) return;
        append(project, first,
               hits.add(first.ignore_file, 1, 1,
                        fmt::format("{} not excluded; {} would take development files; add {}",
                                    patterns.front() + (patterns.size() > 1 ? " and others are" : " is"),
                                    copy_of(*copy), join(patterns, ", "))),
               join(patterns, "\n"));
    });
}

// A path that the pattern means.
std::string sample(std::string_view pattern) {
    return replace_all(replace_all(replace_all(pattern, "**/", ""), "*", "x"), "?", "x");
}

void negation_order(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>&) {
        const auto& patterns = first.ignore->patterns;
        for (std::size_t i = 0; i < patterns.size() && i < 1000; ++i) {
            if (!patterns[i].keeps) continue;
            const std::string path = sample(patterns[i].text);
            const auto matches = [&](const read::IgnorePattern& one) { return !one.keeps && one.matches(path); };
            const auto self = patterns.begin() + static_cast<std::ptrdiff_t>(i);
            const auto later = std::find_if(self, patterns.end(), matches);
            if (std::any_of(patterns.begin(), self, matches) || later == patterns.end()) continue;
            hits.add(first.ignore_file, patterns[i].line, 1,
                     fmt::format(
                         "!{} is before {} of line {}; the last pattern that matches decides; move it after that line",
                         brief(patterns[i].text), brief(later->text), later->line));
        }
    });
}

void ignore_syntax(const Project& project, Hits& hits) {
    each_ignore_file(project, [&](const Dockerfile& first, const std::vector<const Dockerfile*>&) {
        for (const read::Problem& problem : first.ignore->problems)
            hits.add(first.ignore_file, problem.line, problem.column,
                     brief(fmt::format("Docker refuses line {}; {}", problem.line, problem.message), 158));
    });
}

}

std::span<const Rule> ignore_rules() {
    static const Rule rows[] = {
        {.id = "ignore-missing",
         .title = "No .dockerignore",
         .levels = always(Level::warning),
         .check = missing,
         .why = "Docker sends everything next to the Dockerfile to the builder, and COPY may copy it: the history, "
                "secrets, files of the last build.",
         .way_out = ".git\n**/.env*\n!**/.env.example\n**/node_modules",
         .refs = {"S0-17"},
         .fix = Fix::safe},
        {.id = "ignore-env",
         .title = "The build context holds secrets",
         .levels = always(Level::error),
         .check = env_in_image,
         .why = "If COPY takes an env file or a private key from the build context, everybody who has the image can "
                "read it.",
         .way_out = "**/.env*\n!**/.env.example",
         .refs = {"S1-109"},
         .fix = Fix::safe},
        {.id = "ignore-git",
         .title = "The build context holds .git",
         .levels = always(Level::warning),
         .check = git,
         .why = "The image would contain the whole history, even files that were removed since.",
         .way_out = ".git",
         .refs = {"S1-108"},
         .fix = Fix::safe},
        {.id = "ignore-venv",
         .title = "The build context holds the output of a build",
         .levels = always(Level::warning),
         .check = built_folders,
         .why =
             "Packages of this machine overwrite the packages that the image installed, and may be for another system.",
         .way_out = "**/node_modules\n**/__pycache__\n.venv",
         .refs = {"S1-106"},
         .fix = Fix::safe},
        {.id = "ignore-dev-files",
         .title = "The build context holds development files",
         .levels = always(Level::info),
         .check = dev_files,
         .why =
             "Tests, docs and editors' folders make the image larger, and each change to them makes the cache useless.",
         .way_out = "tests\ndocs\n.vscode",
         .refs = {"S1-104", "S1-105", "S1-107"},
         .fix = Fix::safe},
        {.id = "ignore-negation-order",
         .title = "An exception is before the pattern that it should change",
         .levels = always(Level::warning),
         .check = negation_order,
         .why = "If several patterns match, the last pattern decides. So the exception has no effect.",
         .way_out = "*.md\n!README.md"},
        {.id = "ignore-syntax",
         .title = "Docker refuses a pattern",
         .levels = always(Level::error),
         .check = ignore_syntax,
         .why = "`docker build` stops at the pattern, and nothing is built.",
         .way_out = "logs/[0-9]*.log"},
    };
    return rows;
}

}
