#include "preflight/uses/compose_files.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/compose_doubt.h"
#include "preflight/uses/compose_uses.h"
#include "preflight/uses/env_users.h"
#include "project/development.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace fairlead::preflight {

namespace {

using Paths = std::vector<std::string>;

bool is_override(std::string_view path) { return path.find("override.y") != path.npos; }

// The lines of scripts, pages and workflows that name the file, with where they stand; broken ones are joined.
template <typename Look>
void each_line_that_names(const Project& project, const std::string& file, Look look) {
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find(file_name(file)) == text->npos) continue;
        for (const auto& line : command_lines(*text))
            if (names_file(line, file_name(file))) look(by, line);
    }
}

// Beside one that compose takes by itself: nobody starts a file that nobody names.
bool is_named(const Project& project, const std::string& path) {
    bool named = false;
    each_line_that_names(project, path, [&](const std::string&, const std::string&) { named = true; });
    return named;
}

// What commands that name the file give compose with it.
struct Given {
    Paths env_files;       // --env-file
    std::string directory; // --project-directory; empty: none does
};
Given given_with(const Project& project, const std::string& compose) {
    Given given;
    const auto word = [](const std::string& line, std::string_view flag) {
        const auto name = word_behind(line, flag);
        return name.find('$') == name.npos ? name : std::string();
    };
    const auto take = [&](const std::string& by, const std::string& line) {
        auto& files = given.env_files;
        if (const auto name = word(line, "--env-file"); !name.empty())
            for (const auto& path : {path_in("", name), path_in(folder_of(by), name)})
                if (std::find(files.begin(), files.end(), path) == files.end() && project.read(path))
                    files.push_back(path);
        const auto name = word(line, "--project-directory");
        if (!given.directory.empty() || name.empty()) return;
        given.directory = path_in(by.ends_with("akefile") ? folder_of(by) : "", name);
        if (given.directory.empty()) given.directory = ".";
    };
    each_line_that_names(project, compose, take);
    if (!is_taken_by_itself(compose) || !given.env_files.empty()) return given;
    for (const auto& by : project.paths) { // docker compose --env-file deploy.env up
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find("--env-file") == text->npos) continue;
        for (const auto& line : command_lines(*text))
            if (has_any(line, {"docker compose ", "docker-compose "}) && line.find(" -f") == line.npos) take(by, line);
    }
    return given;
}

read::ComposeProject read_together(const Project& project, const Paths& files, const Wanted& wanted) {
    auto given = given_with(project, files.front());
    const auto& named = wanted.env_files.empty() ? project.settings.env_files : wanted.env_files;
    Paths env_files(named.begin(), named.end());
    if (env_files.empty())
        env_files = files.size() == 1 ? std::move(given.env_files) : given_with(project, files.back()).env_files;
    auto variables = project.variables;
    variables["PWD"] = way_to_root(files.front()); // context: ${PWD}/web, of a command that is given in the root
    return read::read_compose({.read = project.read,
                               .files = files,
                               .variables = std::move(variables),
                               .env_files = std::move(env_files),
                               .profiles = {},
                               .directory = std::move(given.directory)});
}

// curl -fsSL https://example.org/compose.prod.yml -o docker-compose.yml: the file takes the other's place.
bool fetches(std::string_view line) {
    return has_any(line, {"curl ", "wget "}) && !has_any(line, {"compose -f", "compose --file"});
}

// Whether a command names the two together, or the second alone; nothing: nobody says.
std::optional<bool> started_together(const Project& project, const std::string& base, const std::string& path) {
    std::optional<bool> together;
    each_line_that_names(project, path, [&](const std::string&, const std::string& line) {
        const bool starts = line.find(" -f") != line.npos || line.find("--file") != line.npos ||
                            line.find("COMPOSE_FILE") != line.npos || line.find("compose_files") != line.npos ||
                            line.find("dockerComposeFile") != line.npos; // a task of Azure Pipelines
        if (!starts || together == true || fetches(line)) return;
        together = names_file(line, file_name(base));
    });
    return together;
}

// How many settings the file writes for services that the base has, too: {its own, the base's}.
std::pair<std::size_t, std::size_t> settings_of_shared(const read::ComposeProject& compose,
                                                       const read::ComposeProject& base) {
    std::pair<std::size_t, std::size_t> counts{0, 0};
    if (compose.raw.empty() || base.raw.empty()) return counts;
    const auto *ours = compose.raw.front().find("services"), *theirs = base.raw.front().find("services");
    if (ours == nullptr || theirs == nullptr) return counts;
    for (const auto& service : ours->items)
        if (const auto* same = theirs->find(service.key))
            counts.first += service.items.size(), counts.second += same->items.size();
    return counts;
}

// All of its services name an image, a build or what they extend, and say about as much as the base does of them.
bool stands_alone(const read::ComposeProject& compose, const read::ComposeProject& base) {
    const auto [own, of_base] = settings_of_shared(compose, base);
    return own * 2 >= of_base &&
           std::all_of(compose.services.begin(), compose.services.end(), [](const read::ComposeService& service) {
               return service.at("image") || service.build || service.at("extends"); // ${IMAGE} may be set nowhere
           });
}

bool is_laid_over(const Project& project, const std::string& base, const std::string& path,
                  const read::ComposeProject& alone, const read::ComposeProject& base_alone) {
    const auto said = started_together(project, base, path);
    return said ? *said : !stands_alone(alone, base_alone);
}

// The compose file that a word of a command in the file `by` names; empty: none, or nobody knows.
std::string file_meant(const Paths& found, const std::string& by, const std::string& word) {
    if (word.find('$') != word.npos) return {};
    for (const auto& path : {path_in("", word), path_in(folder_of(by), word)})
        if (std::find(found.begin(), found.end(), path) != found.end()) return path;
    return {};
}

// The words behind -f and --file, else those of COMPOSE_FILE=base.yml:more.yml.
std::vector<std::string> words_for_compose(std::string_view line) {
    constexpr std::string_view variable = "COMPOSE_FILE=", flag = "--file=";
    std::vector<std::string> named;
    const auto words = split(replace_all(replace_all(line, "\"", ""), "'", ""), ' ');
    for (std::size_t at = 0; at < words.size(); ++at)
        if (const std::string_view word = words[at]; word.starts_with(variable) && word.find(':') != word.npos)
            return split(word.substr(variable.size()), ':');
        else if (word.starts_with(flag))
            named.emplace_back(word.substr(flag.size()));
        else if ((word == "-f" || word == "--file") && at + 1 < words.size())
            named.push_back(words[at + 1]);
    return has_any(line, {"docker compose ", "docker-compose "}) ? named : std::vector<std::string>();
}

// What commands, and env files with their templates, name at once, in that order: -f base.yml -f more.yml.
std::vector<Paths> named_together(const Project& project, const Paths& found) {
    std::vector<Paths> all;
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) || kind_of(by) == FileKind::env ? project.read(by) : std::nullopt;
        if (!text || !has_any(*text, {"-f ", "--file", "COMPOSE_FILE="})) continue;
        for (const auto& line : command_lines(*text)) {
            if (!has_any(line, {"-f ", "--file", "COMPOSE_FILE="})) continue;
            Paths files;
            for (const auto& word : words_for_compose(line)) files.push_back(file_meant(found, by, word));
            if (!files.empty() && std::find(files.begin(), files.end(), "") == files.end())
                all.push_back(std::move(files));
        }
    }
    return all;
}

// The file with those that are named before it; empty: nobody names it so, or somebody names it first.
Paths named_over(const std::vector<Paths>& together, const std::string& path) {
    Paths files;
    for (const auto& one : together) {
        const auto at = std::find(one.begin(), one.end(), path);
        if (at == one.begin() && at != one.end()) return {};
        if (at != one.end() && files.empty()) files.assign(one.begin(), at + 1);
    }
    return files;
}

// By the name and the folder of the file, else by the comment that it begins with.
Profile profile_by_words(const Project& project, const std::string& path) {
    if (const auto named = profile_of(path)) return *named;
    return project::head_comment(project.read(path).value_or("")) ? Profile::development : project.profile;
}

// By the folder of a file that is named production's: services, and what each is built of or runs.
using Produced = std::map<std::string, std::map<std::string, std::string>>;

std::string origin_of(const read::ComposeService& service) {
    return service.build ? "build " + service.build->context
                         : "image " + compose::image_parts(service.image).repository;
}

// A part of what a file in another folder starts for production: all of its applications are services there.
bool is_part_of_produced(const Produced& produced, const std::string& folder, const read::ComposeProject& alone) {
    return std::any_of(produced.begin(), produced.end(), [&](const auto& one) {
        const auto& [other, services] = one;
        if (folder == other) return false;
        std::size_t applications = 0, shared = 0;
        for (const auto& service : alone.services) {
            if (!is_application(service)) continue;
            ++applications;
            const auto same = services.find(service.name);
            // One below it is a part; elsewhere a neighbour may have a service of that name.
            shared += same != services.end() &&
                      (other.empty() || folder.starts_with(other + "/") || same->second == origin_of(service));
        }
        return applications > 0 && shared == applications;
    });
}

// backup_of_all/deploy/compose.yml in the words of deploy/compose.yml: of a copy of the whole tree.
bool is_copy(const Project& project, const Paths& found, const std::string& path) {
    return std::any_of(found.begin(), found.end(), [&](const std::string& other) {
        const auto text = path.ends_with("/" + other) ? project.read(path) : std::nullopt;
        return text && text == project.read(other);
    });
}

// Written by a program into a folder of its own, and named by nobody.
bool is_made_by_program(const Project& project, const std::string& path) {
    return has_any("/" + folder_of(path) + "/", {"/generated/", "/.generated/"}) && !is_named(project, path);
}

using Alone = std::map<std::string, read::ComposeProject>; // each file by itself, by path

// What others read by `extends: {file: compose.base.yml}`: started by itself only by a command that names it.
std::set<std::string> extended_by(const Alone& alone) {
    std::set<std::string> extended;
    for (const auto& [path, compose] : alone) {
        const auto* const services = compose.raw.empty() ? nullptr : compose.raw.front().find("services");
        for (const auto& service : services ? services->items : std::vector<read::ComposeValue>())
            if (const auto* const base = service.find("extends"))
                if (const auto* const file = base->find("file")) extended.insert(path_in(folder_of(path), file->text));
    }
    return extended;
}

// Laid over the plain file, which one for production is laid over as well, and never started with that one: another way
// to start what production has, such as from the source.
bool is_overlay_of_start(const Project& project, const Compose& compose, const std::vector<Paths>& together) {
    const auto& files = compose.files;
    if (files.size() < 2 || !is_taken_by_itself(files.front()) || profile_of(files.back())) return false;
    const auto is_of_production = [&](const std::string& path) { return profile_of(path) == Profile::production; };
    const bool has_other = std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& other) {
        return other.files.size() > 1 && other.files.front() == files.front() && is_of_production(other.files.back());
    });
    const bool is_named = std::any_of(together.begin(), together.end(), [&](const Paths& one) {
        return std::find(one.begin(), one.end(), files.back()) != one.end();
    });
    return has_other && is_named && std::none_of(together.begin(), together.end(), [&](const Paths& one) {
               return std::find(one.begin(), one.end(), files.back()) != one.end() &&
                      std::any_of(one.begin(), one.end(), is_of_production);
           });
}

void add_compose(Project& project, Paths files, read::ComposeProject compose, Profile profile) {
    project.composes.push_back({std::move(files), std::make_shared<read::ComposeProject>(std::move(compose)), profile});
}

// Those that nobody named, with what is known of all before one is judged.
class ComposeFiles {
  public:
    ComposeFiles(Project& project, const Wanted& wanted, const Paths& found)
        : project_(project), wanted_(wanted), found_(found) {
        for (const auto& path : found)
            if (is_taken_by_itself(path))
                bases_[folder_of(path)].push_back(path);
            else if (is_override(path))
                overrides_[folder_of(path)].push_back(path);
        for (const auto& path : found) all_.emplace(path, read_together(project, {path}, wanted));
        extended_ = extended_by(all_);
        ways_ = ways_of(project, all_);
        together_ = named_together(project, found);
    }

    // compose.prod.yml and the like: which files they are started with, and what production has by them.
    void add_named() {
        for (const auto& path : found_) {
            if (is_taken_by_itself(path) || is_override(path)) continue;
            if (extended_.contains(path) && !is_named(project_, path)) continue;
            auto alone = std::move(all_.at(path));
            const auto profile =
                is_copy(project_, found_, path) ? Profile::development : profile_by_words(project_, path);
            note_doubt(project_, path, alone, ways_);
            auto files = started_with(path, alone);
            if (files.size() > 1) alone = read_together(project_, files, wanted_);
            if (profile_of(path).value_or(Profile::development) != Profile::development)
                for (const auto& file : files) // also a plain one of another folder, over which it is laid
                    for (const auto& service : alone.services)
                        produced_[folder_of(file)].emplace(service.name, origin_of(service));
            add_compose(project_, std::move(files), std::move(alone), profile);
        }
    }

    // With a file for production beside it the plain one is that of development.
    void add_plain() {
        for (const auto& [folder, files] : bases_) {
            auto alone = std::move(all_.at(files.front()));
            const auto profile = produced_.contains(folder) || is_copy(project_, found_, files.front())
                                     ? Profile::development
                                     : profile_by_words(project_, files.front());
            note_doubt(project_, files.front(), alone, ways_);
            // One of another folder that says so is not the one that production starts.
            if (!produced_.empty() && !produced_.contains(folder) &&
                (project::says_development(alone) || is_part_of_produced(produced_, folder, alone) ||
                 is_made_by_program(project_, files.front())))
                project_.doubtful.insert(files.front());
            add_compose(project_, {files.front()}, std::move(alone), profile);
            // What compose lays over it by itself is for those who develop.
            for (const auto& path : overrides_[folder]) {
                const Paths both{files.front(), path};
                add_compose(project_, both, read_together(project_, both, wanted_), Profile::development);
            }
        }
    }

    // What only all together tell.
    void settle_overlays() {
        for (Compose& one : project_.composes)
            if (!ways_.deployed.contains(one.files.back()) && is_overlay_of_start(project_, one, together_))
                one.profile = Profile::development;
        // Laid over the plain file, which it makes one of development: whoever deploys starts them without it.
        for (Compose& one : project_.composes)
            if (one.files.size() > 1 && project_.doubtful.contains(one.files.back()) && !profile_of(one.files.back()))
                one.profile = Profile::development;
        for (const Compose& one : project_.composes) // but a base of what is deployed is
            if (one.files.size() > 1 && one.profile != Profile::development)
                for (const auto& path : one.files) {
                    project_.doubtful.erase(path);
                    project_.unproven.erase(path);
                }
    }

  private:
    Paths started_with(const std::string& path, const read::ComposeProject& alone) {
        const auto base = bases_.find(folder_of(path));
        const bool has_base = base != bases_.end();
        const bool is_stack = project_.stacks.contains(path); // whole, and Swarm's
        if (has_base && !is_stack && !profile_of(path) && !is_named(project_, path)) project_.doubtful.insert(path);
        if (is_stack) return {path};
        if (has_base && is_laid_over(project_, base->second.front(), path, alone, all_.at(base->second.front())))
            return {base->second.front(), path};
        auto over = named_over(together_, path);
        return over.empty() ? Paths{path} : over;
    }

    Project& project_;
    const Wanted& wanted_;
    const Paths& found_;
    std::map<std::string, Paths> bases_, overrides_; // by folder
    Alone all_;
    std::set<std::string> extended_;
    Ways ways_;
    std::vector<Paths> together_;
    Produced produced_;
};

}

void add_composes(Project& project, const Wanted& wanted, const Paths& found) {
    const auto& named = wanted.compose_files.empty() ? project.settings.compose_files : wanted.compose_files;
    if (!named.empty()) return add_compose(project, named, read_together(project, named, wanted), project.profile);
    ComposeFiles files(project, wanted, found);
    files.add_named();
    files.add_plain();
    files.settle_overlays();
}

}
