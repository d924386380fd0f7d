#include "init/production.h"
#include "base/diff.h"
#include "base/text.h"
#include "base/version.h"
#include "config/config.h"
#include "init/kit/endpoints.h"
#include "init/look.h"
#include "init/place.h"
#include "init/write/text.h"
#include "sys/files/terminal.h"
#include "sys/git/program.h"
#include "sys/git/project_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::init {

namespace {

// One that can't be read is as none: every tool says so.
config::Config config_in(const sys::Path& file) {
    static const sys::Environment none{{}};
    auto config = config::load(
        {.path = file.string(), .folder = file.parent_path().string(), .environment = &none, .tool = "", .fields = {}});
    return config.ok() ? std::move(config).value() : config::Config{};
}

// https://shop.example.org of environments.production.url: the name that users open.
std::string domain_in(const config::Config& config) {
    const auto url = config.environment("production")["url"].text("");
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) return "";
    const auto host = url.substr(scheme.size(), url.find_first_of("/:?#", scheme.size()) - scheme.size());
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    return host.find_first_not_of(plain) == host.npos ? host : "";
}

// The licence by its file's first words; empty: not known.
std::string licence_in(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> known[] = {
        {"MIT License", "MIT"},           {"Apache License", "Apache-2.0"}, {"BSD 3-Clause", "BSD-3-Clause"},
        {"BSD 2-Clause", "BSD-2-Clause"}, {"ISC License", "ISC"},           {"Mozilla Public License", "MPL-2.0"}};
    for (const auto& [words, name] : known)
        if (text.substr(0, 400).find(words) != text.npos) return std::string(name);
    return "";
}

// The newest commit's author answers first, until somebody writes another; the newest version's tag is the badge's.
void ask_git(const std::string& folder, Kit& kit) {
    const auto repository = sys::Repository::open(folder);
    if (!repository.ok()) return;
    if (const auto head = repository->head_commit())
        if (const auto commit = repository->commit(*head); commit.ok()) {
            const auto plain = [](const std::string& text) { return text.find_first_of("|\n<>`") == text.npos; };
            if (plain(commit->author_name)) kit.contact = commit->author_name;
            if (plain(commit->author_email)) kit.address = commit->author_email;
        }
    const auto tags = repository->references("refs/tags/");
    if (!tags.ok()) return;
    std::vector<long> best;
    for (const auto& tag : tags.value()) {
        const auto name = tag.name.substr(10);
        const auto begin = name.starts_with('v') ? 1u : 0u;
        if (name.size() > 40 || name.find_first_not_of("0123456789.", begin) != name.npos) continue;
        std::vector<long> numbers;
        for (const auto& part : split(name.substr(begin), '.'))
            numbers.push_back(part.empty() || part.size() > 9 ? 0 : std::stol(part));
        if (numbers > best) best = numbers, kit.version = name;
    }
}

Result<std::string> put_kit_file(const Place& place, const NewFile& file, const Wanted& wanted, int& written) {
    const auto path = place.of(file.path);
    const auto there = TRY(place.tree.inspect(path));
    if (there.type != sys::FileType::absent) {
        const auto before = place.tree.read(path);
        hide_values(file.path, before);
        const auto diff = before.ok() ? unified_diff(before.value(), file.content, file.path) : std::string();
        if (before.ok() && diff.empty()) return fmt::format("kept     {} (it is up to date)\n", file.path);
        const bool ours = before.ok() && is_ours(before.value());
        if (!ours || wanted.existing == Existing::keep)
            return fmt::format(
                "kept     {} ({})\n{}", file.path,
                ours ? "--force overwrites it" : "it was not written by init, so init does not change it", diff);
    }
    if (wanted.mode == Mode::write) {
        if (path.has_parent_path()) TRY_VOID(place.tree.make_folders(path.parent_path()));
        TRY_VOID(place.tree.write(path, file.content, file.executable ? 0755 : 0644));
    }
    ++written;
    return fmt::format("{}  {}\n", wanted.mode == Mode::write ? "written" : "would write", file.path);
}

// One production: what fairlead.yml deploys, backs up and rolls back is what the kit's compose file runs.
Result<std::string> put_configuration(const Place& place, const Project& project, const Kit& kit, Mode mode,
                                      int& written) {
    const auto path = place.of("fairlead.yml");
    const auto there = TRY(place.tree.inspect(path));
    const bool absent = there.type == sys::FileType::absent;
    std::string before;
    if (!absent) before = TRY(place.tree.read(path));
    std::vector<std::string> told;
    const auto after = kit_configuration(project, kit, before, told);
    std::string text;
    for (const auto& one : told) text += fmt::format("unclear  {}\n", one);
    if (!after) return text;
    const auto diff = unified_diff(before, *after, "fairlead.yml");
    if (diff.empty()) return text + "kept     fairlead.yml (its production is what docker-compose.prod.yml runs)\n";
    if (!kit.apply)
        return text +
               fmt::format(
                   "differs  fairlead.yml: {}; to write these sections, run: fairlead init --production --apply\n{}",
                   absent ? "it is not there" : "its production is not what docker-compose.prod.yml runs", diff);
    if (mode == Mode::write) TRY_VOID(place.tree.write(path, *after, 0644));
    ++written;
    return text + fmt::format("{}  fairlead.yml (deploy, environments, backup)\n{}",
                              mode == Mode::write ? "written" : "would write", diff);
}

// openapi.json of the project and of its parts.
std::vector<std::string> documents_in(const Place& place, const Project& project) {
    std::set<std::string> folders = {""};
    for (const auto& component : project.components) folders.insert(component.folder);
    std::vector<std::string> documents;
    for (const auto& folder : folders)
        if (auto text = place.tree.read(place.of(below(folder, "openapi.json")), 4u << 20); text.ok())
            documents.push_back(std::move(text).value());
    return documents;
}

Result<Place> place_at(const std::string& folder) {
    const sys::Path root = std::filesystem::absolute(folder).lexically_normal();
    auto tree = TRY(sys::root_around(root));
    return Place{std::move(tree), root};
}

// Of several the one that says most about production.
constexpr const char* env_templates[] = {".env.production.example", ".env.deploy.example", ".env.example",
                                         ".env.template"};

// Whether git would take the file with the next commit.
Result<bool> is_taken(const Place& place, const sys::Path& path) {
    if (!sys::tree_around(place.root)) return false;
    const auto asked = TRY(
        sys::run_git(place.tree.path().string(), {"check-ignore", "--quiet", "--", path.string()}, sys::GitUse::fetch));
    return asked.status != 0;
}

}

Result<report::Report> start_production(const std::string& folder, const Wanted& wanted) {
    const auto place = TRY(place_at(folder));
    const auto project = TRY(look_at(place.root.string()));
    auto kit = wanted.kit;
    const auto config = config_in(place.root / "fairlead.yml");
    if (config.present()) kit.domain = domain_in(config);
    if (kit.readme) kit.endpoints = endpoints_of(config, documents_in(place, project));
    ask_git(place.root.string(), kit);
    for (const auto* name : {"LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"})
        if (const auto text = place.tree.read(place.of(name), 1u << 20); text.ok() && kit.licence.empty())
            kit.licence = licence_in(text.value());
    const auto compose = place.tree.read(place.of("compose.yml"), 1u << 20);
    kit.own_compose = compose.ok() && !is_ours(compose.value());
    std::vector<std::string> told;
    const auto all = TRY(kit_files(project, kit, told));
    for (const auto& file : all) TRY_VOID(check_place(place.tree, place.of(file.path)));
    TRY_VOID(check_place(place.tree, place.of(".gitignore")));
    const auto contacts = TRY(place.tree.inspect(place.of("docs/contacts.md")));
    if (kit.production && contacts.type == sys::FileType::absent && (kit.contact.empty() || kit.address.empty()))
        told.emplace_back("git knows no author yet, so docs/contacts.md has empty cells; write the first contact: "
                          "until then fairlead-preflight refuses production");
    report::Report report;
    report.tool = "init";
    for (const auto& sentence : told) report.text += fmt::format("unclear  {}\n", sentence);
    int written = 0;
    const auto put_all = [&](const std::vector<NewFile>& files, bool readme) -> Result<void> {
        for (const auto& file : files) {
            if ((file.path == "README.md") != readme) continue;
            const auto said = TRY(put_kit_file(place, file, wanted, written));
            report.text += said;
        }
        return {};
    };
    TRY_VOID(put_all(all, false));
    if (kit.production) {
        const auto said = TRY(ignore_lines(place.tree, place.of(".gitignore"), kit_ignored(), wanted.mode));
        report.text += said;
    }
    if (kit.production) {
        const auto said = TRY(put_configuration(place, project, kit, wanted.mode, written));
        report.text += said;
    }
    if (kit.readme) { // its table is that of the files that are there now
        if (wanted.variables) kit.variables = wanted.variables();
        const auto again = TRY(kit_files(project, kit, told));
        TRY_VOID(put_all(again, true));
    }
    const auto writes = [&all](std::string_view path) {
        return std::any_of(all.begin(), all.end(), [&](const NewFile& file) { return file.path == path; });
    };
    const bool has_secrets = writes("docker/postgres/app-role.sh"); // of a service, with a database
    std::string next = "fill in the marked places";
    if (kit.production)
        next = fmt::format("read {}, then {}`fairlead-preflight{}`",
                           writes("docker-compose.prod.yml") ? "docker-compose.prod.yml" : "them",
                           has_secrets ? "`fairlead init --secrets --to .env.production` and " : "",
                           has_secrets ? " --env-file .env.production" : "");
    report.facts =
        fmt::format("{} {}; next: {}", wanted.mode == Mode::write ? "written:" : "would write:", written, next);
    return report;
}

Result<report::Report> start_secrets(const std::string& folder, const std::string& to, Mode mode) {
    const auto place = TRY(place_at(folder));
    std::string name, text;
    std::vector<std::string> candidates(std::begin(env_templates), std::end(env_templates));
    if (!to.empty()) candidates.insert(candidates.begin(), to + ".example"); // its own before all
    for (const auto& one : candidates)
        if (const auto read = place.tree.read(place.of(one), 1u << 20); read.ok() && name.empty())
            name = one, text = read.value();
    if (name.empty())
        return usage("there is no template with the names of secrets (.env.production.example, .env.example); to write "
                     "a template, run `fairlead init --production`");
    std::string present;
    const auto path = to.empty() ? sys::Path() : place.of(to);
    if (!to.empty()) {
        if (path.empty() || to.ends_with(".example"))
            return usage(fmt::format("--to: '{}' is not a file for secrets in this project; name .env.production", to));
        TRY_VOID(check_place(place.tree, path));
        const bool taken = TRY(is_taken(place, path));
        if (taken)
            return usage(fmt::format("--to: git would add '{}' to the next commit; add it to .gitignore first", to));
        if (const auto there = TRY(place.tree.look(path)); there.type != sys::FileType::absent)
            present = TRY(place.tree.read(path, 1u << 20));
    } else if (!sys::is_terminal(1)) {
        return usage("standard output is not a terminal, so the secrets could be stored somewhere; name a file that "
                     "git ignores: --to .env.production");
    }
    const auto secrets = make_secrets(text, present);
    report::Report report;
    report.tool = "init";
    std::vector<std::string> names;
    for (const auto& [made, value] : secrets.made) {
        names.push_back(made);
        if (to.empty() && mode == Mode::write) report.text += made + "=" + value + "\n";
    }
    const auto name_others = [&report](const std::vector<std::string>& which, const char* one, const char* many) {
        if (!which.empty())
            report.text += fmt::format("unclear  {} {}; write {} yourself\n", join(which, ", "),
                                       which.size() == 1 ? one : many, which.size() == 1 ? "it" : "them");
    };
    name_others(secrets.left, "comes from another service", "come from other services");
    name_others(secrets.placeholders, "is a template's text", "are a template's text");
    const auto what = names.empty() ? std::string("no secret of ") + name + " is without a value"
                                    : fmt::format("{} of {}", join(names, ", "), name);
    if (to.empty()) {
        report.facts = what + (names.empty() ? "" : ": shown only now, and not stored");
        return report;
    }
    const bool changes = secrets.text != present;
    const auto there = TRY(place.tree.look(path));
    const bool closes = there.type == sys::FileType::file && (there.mode & 077) != 0;
    if (closes && !changes && mode == Mode::write) TRY_VOID(place.tree.write(path, secrets.text, 0600));
    if (changes && mode == Mode::write) TRY_VOID(place.tree.write(path, secrets.text, 0600));
    report.facts = fmt::format(
        "{}: {}", what,
        !changes ? to + (closes ? " keeps its values, and only its owner can read it now (0600)" : " is kept as it is")
        : mode == Mode::write ? "written to " + to + " (0600), not shown"
                              : "would write " + to);
    return report;
}

}
