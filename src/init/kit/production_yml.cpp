#include "init/kit/production_yml.h"
#include "base/text.h"
#include "base/words.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// A key with all that is indented below it, and the comments directly above.
struct Section {
    std::string key; // empty: lines before the first key
    std::vector<std::string> lines;
    bool is_plain = true; // nothing but a comment stands behind its colon
};

std::size_t indent_of(const std::string& line) { return line.find_first_not_of(' '); }

std::string key_in(const std::string& line, std::size_t indent) {
    if (indent == line.npos || indent_of(line) != indent || line[indent] == '#' || line[indent] == '-') return {};
    const auto colon = line.find(':', indent);
    if (colon == line.npos || (colon + 1 < line.size() && line[colon + 1] != ' ')) return {};
    return std::string(trim(std::string_view(line).substr(indent, colon - indent)));
}

std::vector<Section> sections_in(const std::vector<std::string>& lines, std::size_t indent) {
    std::vector<Section> blocks{{}};
    for (const auto& line : lines) {
        const auto key = key_in(line, indent);
        if (!key.empty()) {
            Section block{key, {}, true};
            auto& before = blocks.back().lines;
            auto from = before.size(); // comments above belong to the key
            while (from > 0 && indent_of(before[from - 1]) == indent && before[from - 1][indent] == '#') --from;
            block.lines.assign(before.begin() + static_cast<std::ptrdiff_t>(from), before.end());
            before.resize(from);
            const auto value = trim(std::string_view(line).substr(line.find(':', indent) + 1));
            block.is_plain = value.empty() || value.starts_with('#');
            block.lines.push_back(line);
            blocks.push_back(std::move(block));
        } else {
            blocks.back().lines.push_back(line);
        }
    }
    return blocks;
}

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

const Section* section_named(const std::vector<Section>& blocks, std::string_view key) {
    const auto found = std::find_if(blocks.begin(), blocks.end(), [&](const Section& one) { return one.key == key; });
    return found == blocks.end() ? nullptr : &*found;
}

std::vector<std::string> body_of(const Section& block) { // without its own line and what stands above
    const auto own = std::find_if(block.lines.begin(), block.lines.end(),
                                  [&](const std::string& line) { return key_in(line, indent_of(line)) == block.key; });
    return {own == block.lines.end() ? own : own + 1, block.lines.end()};
}

// The url that somebody wrote; init's own are places on this machine.
std::string url_of(const Section* environment) {
    if (environment == nullptr) return {};
    for (const auto& line : environment->lines) {
        if (key_in(line, 4) != "url") continue;
        auto value = line.substr(line.find(':') + 1);
        if (const auto comment = value.find(" #"); comment != value.npos) value.erase(comment);
        value = trim(value);
        return value.find("127.0.0.1") == value.npos ? value : "";
    }
    return {};
}

struct Writer {
    const Parts& parts;
    const Project& project;
    const Kit& kit;

    std::string name() const { return project.name; }
    std::string domain() const { return kit.domain.empty() ? "app.example.org" : kit.domain; }

    std::string target() const {
        std::vector<std::string> services = {"app"};
        for (const auto& one : parts.service->processes) services.push_back(one.name);
        auto text =
            fmt::format("  target: # what docker-compose.prod.yml runs; the same containers, release by release\n"
                        "    kind: compose\n    files: [docker-compose.prod.yml]\n    services: {}\n"
                        "    port: {}\n    secrets_as: env # as the compose file gives them\n",
                        yaml_list(services), port_of(parts));
        auto prepare = parts.service->released_in_image; // of Procfile, which migrates where it is there
        if (const auto words = migrate_words(parts); prepare.empty() && !words.empty()) prepare.push_back(words);
        if (!prepare.empty()) text += "    prepare: # in the new release's image, while the old one serves\n";
        for (const auto& words : prepare) text += fmt::format("      - {}\n", yaml_list(words));
        return text;
    }

    std::string router() const {
        return kit.proxy == "none"
                   ? "" // each environment's own
                   : "  router: {kind: service} # the compose file's own proxy finds the new containers\n"
                     "  strategy: recreate # so the old release ends before the new one starts\n";
    }

    std::string deploy(const Section* before) const {
        std::string text = "deploy: # for every environment\n";
        const auto old = before == nullptr ? std::vector<Section>() : sections_in(body_of(*before), 2);
        if (section_named(old, "health") == nullptr)
            text += fmt::format("  health: {{path: {}}}\n", yaml_scalar(health_of(parts)));
        for (const auto& one : old)
            if (!is_one_of(one.key, {"", "target", "router", "strategy", "release"})) text += stripped(one.lines);
        return text + target() + router() + "\n";
    }

    static std::string stripped(std::vector<std::string> lines) {
        while (!lines.empty() && trim(std::string_view(lines.back())).empty()) lines.pop_back();
        return joined_lines(lines);
    }

    // Of those that the program can't do without, what the compose file doesn't give by itself.
    std::vector<std::string> required() const {
        std::vector<std::string> names;
        for (const auto& one : parts.service->variables)
            if (one.need == project::Need::required && !is_one_of(one.name, {"DATABASE_URL", "REDIS_URL"}))
                names.push_back(one.name);
        return names;
    }

    std::string environment(const std::string& which, const std::string& url) const {
        const bool last = which == "production";
        const auto names = required();
        auto text = fmt::format(
            "  {}:{}\n    url: {}\n    env: {{file: .env.{}{}}}\n    deploy:\n      target: {{project: {}{}}}\n", which,
            last ? "" : " # production's smaller twin: a project, an env file and ports of its own",
            !url.empty() ? url
            : last       ? "https://" + domain()
                         : "https://staging." + domain(),
            which, names.empty() ? "" : ", required: " + yaml_list(names), name(), last ? "" : "-staging");
        if (kit.proxy == "none")
            text +=
                fmt::format("      router: {{kind: nginx, mode: include, include: /etc/nginx/fairlead/{}-{}.conf}}\n",
                            name(), which);
        return text;
    }

    std::string environments(const Section* before) const {
        const auto old = before == nullptr ? std::vector<Section>() : sections_in(body_of(*before), 2);
        std::string text = "environments: # yours: where each is served\n";
        for (const std::string which : {"staging", "production"})
            text += environment(which, url_of(section_named(old, which)));
        for (const auto& one : old)
            if (!is_one_of(one.key, {"", "staging", "production"})) text += stripped(one.lines);
        return text + "\n";
    }

    std::string smoke() const {
        return fmt::format("smoke: # does what we deployed really work?\n  ready: {{path: {0}}}\n  checks:\n"
                           "    - {{name: health, get: {0}, expect: {{status: 200}}}}\n\n",
                           yaml_scalar(health_of(parts)));
    }

    std::string sources() const {
        return "  sources: # in the database's own container; BACKUP_URL is in the environment's env file\n"
               "    - {name: db, engine: postgres, url_env: BACKUP_URL, via: \"compose:db\"}\n";
    }

    std::string backup(const Section* before) const {
        if (before == nullptr) return backup_section(name(), sources()) + "\n";
        if (section_named(sections_in(body_of(*before), 2), "sources") != nullptr)
            return stripped(before->lines) + "\n";
        return stripped(before->lines) + sources() + "\n";
    }
};

bool is_editable(const std::vector<Section>& blocks) {
    for (const auto* key : {"deploy", "environments", "backup"})
        if (const auto* block = section_named(blocks, key); block != nullptr && !block->is_plain) return false;
    return true;
}

}

std::string production_sections(const Parts& parts, const Project& project, const Kit& kit) {
    const Writer writer{parts, project, kit};
    return writer.deploy(nullptr) + writer.smoke() + writer.environments(nullptr) + writer.backup(nullptr);
}

std::optional<std::string> with_production(std::string_view before, const Parts& parts, const Project& project,
                                           const Kit& kit) {
    const Writer writer{parts, project, kit};
    auto lines = split(std::string(before), '\n');
    while (!lines.empty() && trim(std::string_view(lines.back())).empty()) lines.pop_back();
    if (lines.empty()) lines = {"version: 1", fmt::format("app: {}", yaml_scalar(project.name))};
    const auto blocks = sections_in(lines, 0);
    if (!is_editable(blocks)) return std::nullopt;
    std::string text;
    for (const auto& block : blocks) {
        if (block.key == "deploy")
            text += writer.deploy(&block);
        else if (block.key == "environments")
            text += writer.environments(&block);
        else if (block.key == "backup")
            text += writer.backup(&block);
        else
            text += joined_lines(block.lines);
    }
    const auto add = [&](const char* key, const std::string& section) {
        if (section_named(blocks, key) != nullptr) return;
        if (!text.ends_with("\n\n")) text += "\n";
        text += section;
    };
    add("deploy", writer.deploy(nullptr));
    add("smoke", writer.smoke());
    add("environments", writer.environments(nullptr));
    add("backup", writer.backup(nullptr));
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

}
