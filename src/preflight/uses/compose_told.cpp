#include "preflight/uses/compose_told.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/headings.h"
#include "project/development.h"
#include <algorithm>
#include <set>

namespace fairlead::preflight {

bool is_word_of_development(std::string_view word) {
    return word == "local" || word == "localhost" || word == "dev" || word == "development" || word == "test";
}

bool is_script_of_development(std::string_view name) {
    if (!name.ends_with(".sh") && !name.ends_with(".bash")) return false;
    const auto words =
        split(replace_all(replace_all(std::string(name.substr(0, name.rfind('.'))), "_", "-"), ".", "-"), '-');
    return std::any_of(words.begin(), words.end(), is_word_of_development);
}

namespace {

// Which of the project's compose files a name, or no name, means.
class Meaning {
  public:
    Meaning(const Project& project, const std::string& path) : path_(path) {
        for (const auto& one : project.paths) {
            if (kind_of(one) != FileKind::compose) continue;
            is_only_ = is_only_ && one == path;
            has_name_alone_ = has_name_alone_ && (one == path || file_name(one) != file_name(path));
            if (is_taken_by_itself(one)) folders_.insert(folder_of(one));
        }
    }
    // docker compose up on a page: the file of the page's folder; else the root's, or the only one, wherever it lies.
    bool is_taken(const std::string& by) const {
        if (!is_taken_by_itself(path_)) return false;
        if (folder_of(by) == folder_of(path_)) return true;
        return !folders_.contains(folder_of(by)) && (folder_of(path_).empty() || is_only_);
    }
    bool is_named(const std::string& by, const std::string& line) const {
        if (!names_file(line, file_name(path_))) return false;
        if (has_name_alone_ || folder_of(path_).empty() || folder_of(by) == folder_of(path_)) return true;
        return line.find(std::string(file_name(folder_of(path_))) + "/" + std::string(file_name(path_))) != line.npos;
    }

  private:
    const std::string& path_;
    std::set<std::string> folders_; // those that have one which compose takes by itself
    bool is_only_ = true, has_name_alone_ = true;
};

bool speaks_of_local(const std::string& line) {
    return project::speaks_of_development(line) && !Headings::name_deployment(line);
}

// A page, or a text that may be one.
bool is_page_or_text(std::string_view path) { return is_page(path) || path.ends_with(".txt"); }

bool is_command(std::string_view line) { return has_any(line, {"docker compose ", "docker-compose "}); }

// The page that everybody reads first. Another one, such as docs/development.md, may be added without a word on what is
// deployed.
bool is_readme(const std::string& by, const std::string& path) {
    return (folder_of(by).empty() || folder_of(by) == folder_of(path)) && lower(file_name(by)).starts_with("readme");
}

// What the pages and Makefiles say.
struct OnPages {
    bool as_local = false, as_deployed = false, otherwise = false; // by where they name it
    bool in_words = false, of_itself = false;                      // in a sentence; of the page's own folder
};
void read_page(const Meaning& meaning, const std::string& by, const std::string& text, const std::string& path,
               OnPages& all) {
    const bool takes_itself = meaning.is_taken(by), is_makefile = !is_page_or_text(by);
    const bool is_first = is_readme(by, path);
    const bool is_of_folder = !folder_of(path).empty() && folder_of(by) == folder_of(path);
    // A plan of work names compose without a command; only a page that starts something says what it is for.
    const bool may_speak = takes_itself && (folder_of(by).empty() || is_of_folder) &&
                           (is_first || is_of_folder ||
                            has_any(text, {"compose up", "compose -f", "compose run", "compose build", "compose --"}));
    Headings headings;
    for (const auto& line : split(text, '\n')) {
        const bool starts = takes_itself && has_any(line, {"docker compose up", "docker-compose up"});
        if (meaning.is_named(by, line) || starts) {
            const auto about = headings.about();
            if (about == Headings::About::development || (is_first && speaks_of_local(line)))
                all.as_local = true;
            else if (about == Headings::About::deployment && is_command(line))
                all.as_deployed = true;
            else if (about == Headings::About::deployment || is_command(line))
                all.otherwise = true;
        }
        if (may_speak && !headings.are_in_code())
            for (const auto& sentence : split(replace_all(line, ". ", "\n"), '\n')) {
                const auto words = lower(sentence);
                const bool speaks_of_it =
                    has_any(words, {"docker compose", "docker-compose"}) ||
                    (is_of_folder && has_any(words, {"this compose", "this stack", "this setup"}));
                if (speaks_of_it && speaks_of_local(sentence)) (is_of_folder ? all.of_itself : all.in_words) = true;
            }
        if (!is_makefile || line.starts_with("##"))
            headings.take(line);
        else if (!line.empty() && line.front() != '\t' && has_any(line, {"#", ":"}))
            headings.take_text(line.substr(0, line.find(':'))); // a comment, or a target
    }
}

}

// A page starts it where it speaks of deployment, or a script that isn't of development does.
bool is_started_elsewhere(const Project& project, const std::string& path) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const bool is_page = by.ends_with(".md");
        const auto text =
            tells_commands(by) && !is_script_of_development(file_name(by)) ? project.read(by) : std::nullopt;
        if (!text) return false;
        Headings headings;
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            headings.take(line);
            return starts_file(line, path) && !trim(std::string_view(line)).starts_with("echo") &&
                   (!is_page || headings.about() == Headings::About::deployment);
        });
    });
}

Told told_of(const Project& project, const std::string& path) {
    const Meaning meaning(project, path);
    OnPages all;
    bool in_workflow = false, is_installed = false;
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || (text->find(file_name(path)) == text->npos && !meaning.is_taken(by))) continue;
        if (is_page_or_text(by) || by.ends_with("akefile") || by.ends_with(".mk") || by.ends_with("justfile")) {
            read_page(meaning, by, *text, path, all);
            continue;
        }
        const auto lines = split(*text, '\n');
        const bool names = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return meaning.is_named(by, line) || (meaning.is_taken(by) && starts_file(line, path));
        });
        if (!names || is_script_of_development(file_name(by))) continue;
        all.otherwise = true;
        in_workflow = in_workflow || by.ends_with(".yml");
        is_installed = is_installed ||
                       (!by.ends_with(".yml") &&
                        has_any(lower(file_name(by)), {"deploy", "install", "prod", "release", "server", "upgrade"}));
    }
    const bool deployed = all.as_deployed || is_installed;
    return {.as_local =
                all.of_itself || (!deployed && !in_workflow && ((all.as_local && !all.otherwise) || all.in_words)),
            .as_deployed = deployed};
}

}
